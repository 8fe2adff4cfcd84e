import type { Answer } from '#domain/notifications/answer.ts'
import type { Message } from '#domain/notifications/message.ts'
import type { Notice } from '#domain/notifications/notice.ts'
import { post } from '#domain/notifications/post.ts'
import type { SendOptions } from '#domain/notifications/post.ts'

/** Posts a card to a Teams workflow ("When a Teams webhook request is received"). */
export async function sendTeamsCard(message: Message, url: string, options: SendOptions): Promise<Answer> {
  const body = JSON.stringify(teamsMessage(message))
  return post({ url, headers: { 'content-type': 'application/json' }, body }, options)
}

/** The message that the workflow expects: exactly one Adaptive Card, in a version every Teams client shows. */
export function teamsMessage({ notice, url, run }: Message) {
  const lines = [
    heading(notice),
    ...(notice.body === '' ? [] : [text(notice.body)]),
    ...notice.problems.map((problem) => text(`- ${problem}`)),
    ...notice.next.map((next) => text(next, { isSubtle: true })),
  ]
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: lines,
    actions: [{ type: 'Action.OpenUrl', title: run === null ? 'Open TenantAtlas' : 'View run', url }],
  }
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }],
  }
}

function heading({ title, tone }: Notice) {
  return { ...text(title), weight: 'Bolder', size: 'Medium', color: colors[tone] }
}

const colors = { good: 'Good', info: 'Accent', warning: 'Warning', bad: 'Attention' } as const satisfies Record<
  Notice['tone'],
  string
>

function text(words: string, look: { isSubtle?: true } = {}) {
  return { type: 'TextBlock', text: plain(words), wrap: true, ...look }
}

/** A card reads Markdown: names of policies must neither make links nor vanish. */
function plain(words: string): string {
  return words.replace(/[\\[\]()*_~`]/g, String.raw`\$&`)
}
