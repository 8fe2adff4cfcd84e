import type { Message } from '#domain/notifications/message.ts'

/** The mail in plain text: every client shows it, nothing in it is followed or loaded. */
export function emailText({ notice, url }: Message): { readonly subject: string; readonly text: string } {
  const { title, body, problems, next } = notice
  const parts = [
    [title, ...(body === '' ? [] : [body])],
    problems.map((problem) => `- ${problem}`),
    next,
    [url],
    ['--', 'Sent by TenantAtlas. Who is told what: tenantatlas channel list'],
  ]
  const text = parts.flatMap((lines) => (lines.length === 0 ? [] : [lines.join('\n')])).join('\n\n')
  return { subject: title, text: `${text}\n` }
}
