import { listNotifications } from '#domain/notifications/list-notifications.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { notificationColumns } from '#entrypoints/cli/notifications/notification-columns.ts'
import { notificationDocument } from '#entrypoints/documents/notification-document.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  unread?: true
  limit?: string
}

export const notificationList: Command<Options> = async (cli, _args, { unread, limit: limitText }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  await using session = await openSession(cli)
  const isUnreadOnly = unread === true
  const { items } = await listNotifications(session.product.db, session.ctx, { isUnreadOnly, limit })
  await cli.printer.list({
    items: items.map(notificationDocument),
    columns: notificationColumns,
    empty: isUnreadOnly
      ? 'Nothing unread. See all with `tenantatlas notification list`.'
      : 'No notification yet: there is one when a run you started has ended. Start one with `tenantatlas inventory sync`.',
  })
}
