import { listBackups } from '#domain/backups/list-backups.ts'
import { backupColumns } from '#entrypoints/cli/backups/backup-columns.ts'
import { backupDocument } from '#entrypoints/documents/backup-document.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupList: Command<{ limit?: string }> = async (cli, _args, { limit: limitText }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  await using session = await openSession(cli)
  const tenant = await session.tenant()
  const { items } = await listBackups(session.product.db, tenant, { limit })
  await cli.printer.list({
    items: items.map(backupDocument),
    columns: backupColumns,
    empty: `No backup of "${tenant.tenantName}" yet. Make one with \`tenantatlas backup create --tenant "${tenant.tenantName}"\`.`,
  })
}
