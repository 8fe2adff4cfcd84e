import { listSchedules } from '#domain/schedules/list-schedules.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { scheduleColumns } from '#entrypoints/cli/schedules/schedule-columns.ts'
import { scheduleDocument } from '#entrypoints/documents/schedule-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const scheduleList: Command<{ system?: true }> = async (cli, _args, { system = false }) => {
  await using session = await openSession(cli)
  const schedules = await listSchedules(session.product.db, session.ctx, { withSystem: system })
  await cli.printer.list({
    items: schedules.map(scheduleDocument),
    columns: scheduleColumns,
    empty:
      'No schedule yet. Back up every night with `tenantatlas schedule create "Nightly" --cron "0 2 * * *" --all-tenants`.',
  })
}
