import { countOf } from '#contract/moments.ts'
import { listNotifications } from '#domain/notifications/list-notifications.ts'
import { markAllRead, markRead } from '#domain/notifications/read-notifications.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId, isUuid } from '#foundation/kernel/ids.ts'
import type { NotificationId } from '#foundation/kernel/ids.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { endingWith, recent } from '#entrypoints/cli/ending-with.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import type { Session } from '#entrypoints/cli/session.ts'

export const notificationRead: Command<{ all?: true }> = async (cli, [text], { all }) => {
  if ((text === undefined) === (all === undefined))
    throw new Failure('invalid_input', 'Name one notification by its id, or all with --all.')
  await using session = await openSession(cli)
  const { db } = session.product
  const read =
    text === undefined
      ? await markAllRead(db, session.ctx)
      : Number(await markRead(db, session.ctx, await idOf(session, text)))
  cli.terminal.say(read === 0 ? 'Nothing was unread.' : `${countOf(read, 'notification')} marked as read.`)
}

async function idOf({ product, ctx }: Session, text: string): Promise<NotificationId> {
  if (isUuid(text)) return asId<NotificationId>(text.toLowerCase())
  const { items } = await listNotifications(product.db, ctx, { limit: recent })
  const found = endingWith(items, { text, plural: 'notifications' })
  if (found !== undefined) return found.id
  throw new Failure(
    'not_found',
    `There is no notification "${text}"; \`tenantatlas notification list\` shows those there are.`,
  )
}
