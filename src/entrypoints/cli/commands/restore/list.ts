import { listRestores } from '#domain/restore/list-restores.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { restoreColumns } from '#entrypoints/cli/restores/restore-columns.ts'
import { restoreDocument } from '#entrypoints/documents/restore-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const restoreList: Command<{ limit?: string }> = async (cli, _args, { limit: limitText }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  await using session = await openSession(cli)
  const tenant = await session.tenant()
  const { items } = await listRestores(session.product.db, tenant, { limit })
  await cli.printer.list({
    items: items.map(restoreDocument),
    columns: restoreColumns,
    empty: `No restore of "${tenant.tenantName}" yet. Plan one with \`tenantatlas restore plan --tenant "${tenant.tenantName}"\`.`,
  })
}
