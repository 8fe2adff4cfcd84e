import { backupColumns } from '#entrypoints/cli/backups/backup-columns.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { pagesUpTo } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupList: Command<{ limit?: string }> = async (cli, _args, { limit: limitText }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const { items } = await pagesUpTo(limit, (page) => session.api.backups.list({ ...tenant.at, ...page }))
  await cli.printer.list({
    items,
    columns: backupColumns,
    empty: `No backup of "${tenant.name}" yet. Make one with \`tenantatlas backup create --tenant "${tenant.name}"\`.`,
  })
}
