import { countOf } from '#contract/moments.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { endingWith, recent } from '#entrypoints/cli/ending-with.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import type { Session } from '#entrypoints/cli/session.ts'

export const notificationRead: Command<{ all?: true }> = async (cli, [text], { all }) => {
  if ((text === undefined) === (all === undefined))
    throw new Failure('invalid_input', 'Name one notification by its id, or all with --all.')
  const session = await openSession(cli)
  const read = text === undefined ? await readAll(session) : await readOne(session, text)
  cli.terminal.say(read === 0 ? 'Nothing was unread.' : `${countOf(read, 'notification')} marked as read.`)
}

async function readAll({ api, at }: Session): Promise<number> {
  const { read } = await api.notifications.readAll(at)
  return read
}

async function readOne(session: Session, text: string): Promise<number> {
  const { api, at } = session
  const { wasUnread } = await api.notifications.read({ ...at, notification: await idOf(session, text) })
  return Number(wasUnread)
}

async function idOf({ api, at }: Session, text: string): Promise<string> {
  if (isUuid(text)) return text.toLowerCase()
  const { items } = await api.notifications.list({ ...at, limit: recent })
  const found = endingWith(items, { text, plural: 'notifications' })
  if (found !== undefined) return found.id
  throw new Failure(
    'not_found',
    `There is no notification "${text}"; \`tenantatlas notification list\` shows those there are.`,
  )
}
