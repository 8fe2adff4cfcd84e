import type { Command } from '#entrypoints/cli/cli.ts'
import { scheduleColumns } from '#entrypoints/cli/schedules/schedule-columns.ts'
import { allPages } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const scheduleList: Command<{ system?: true }> = async (cli, _args, { system }) => {
  const { api, at } = await openSession(cli)
  const items = await allPages((page) =>
    api.schedules.list({ ...at, ...page, ...(system && { system: 'true' as const }) }),
  )
  await cli.printer.list({
    items,
    columns: scheduleColumns,
    empty:
      'No schedule yet. Back up every night with `tenantatlas schedule create "Nightly" --cron "0 2 * * *" --all-tenants`.',
  })
}
