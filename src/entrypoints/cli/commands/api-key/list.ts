import type { ApiKeyDocument } from '#contract/api/keys.ts'
import { countOf } from '#contract/moments.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const apiKeyList: Command = async (cli) => {
  const { api, at } = await openSession(cli)
  const { items } = await api.keys.list(at)
  await cli.printer.list({
    items,
    columns,
    empty: 'No API key yet. Make one with `tenantatlas api-key create <name> --capability inventory.view`.',
  })
}

const columns: readonly Column<ApiKeyDocument>[] = [
  { key: 'name', header: 'KEY', cell: ({ name }) => name },
  { key: 'member', header: 'ACTS FOR', cell: ({ member }) => member.name },
  { key: 'ending', header: 'ENDS WITH', keepsWidth: true, cell: ({ ending }) => ending },
  {
    key: 'capabilities',
    header: 'MAY',
    align: 'right',
    isMinor: true,
    cell: ({ capabilities }) => count(capabilities.length),
    csv: ({ capabilities }) => capabilities.join(' '),
  },
  {
    key: 'tenants',
    header: 'IN',
    isMinor: true,
    cell: ({ tenants }) => (tenants === null ? 'all tenants' : countOf(tenants.length, 'tenant')),
    csv: ({ tenants }) => tenants?.join(' ') ?? '',
  },
  { key: 'usedAt', header: 'USED', cell: ({ usedAt }) => ago(usedAt), csv: ({ usedAt }) => usedAt ?? '' },
  { key: 'expiresAt', header: 'EXPIRES', cell: endWords, csv: ({ expiresAt }) => expiresAt },
  { key: 'id', header: 'ID', isId: true, cell: ({ id }) => id },
]

function endWords({ expiresAt, revokedAt }: ApiKeyDocument): string {
  return revokedAt === null ? ago(expiresAt) : `revoked ${ago(revokedAt)}`
}
