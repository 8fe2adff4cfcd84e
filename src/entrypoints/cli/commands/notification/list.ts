import type { Command } from '#entrypoints/cli/cli.ts'
import { notificationColumns } from '#entrypoints/cli/notifications/notification-columns.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { pagesUpTo } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  unread?: true
  limit?: string
}

export const notificationList: Command<Options> = async (cli, _args, { unread, limit: limitText }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  const { api, at } = await openSession(cli)
  const { items } = await pagesUpTo(limit, (page) =>
    api.notifications.list({ ...at, ...page, ...(unread && { unread: 'true' as const }) }),
  )
  await cli.printer.list({
    items,
    columns: notificationColumns,
    empty: unread
      ? 'Nothing unread. See all with `tenantatlas notification list`.'
      : 'No notification yet: there is one when a run you started has ended, or a credential ends soon. Start one with `tenantatlas inventory sync`.',
  })
}
