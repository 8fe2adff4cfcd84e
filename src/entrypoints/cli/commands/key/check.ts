import { countOf } from '#contract/moments.ts'
import { checkSecrets } from '#domain/keys/check-secrets.ts'
import type { UnopenedSecret } from '#domain/keys/check-secrets.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'

export const keyCheck: Command = async (cli) => {
  await using product = await openProduct(cli, { doesWork: true })
  const { tried, unopened } = await checkSecrets(product, { signal: cli.signal })
  await cli.printer.detail({
    document: { tried, unopened },
    facts: [
      ['Tried', countOf(tried, 'secret')],
      ['Not opened', { word: String(unopened.length), tone: unopened.length === 0 ? 'success' : 'danger' }],
    ],
    below: (printer) => (unopened.length === 0 ? undefined : printer.section('Not opened', columns, unopened)),
  })
  return unopened.length === 0 ? exitCodes.ok : exitCodes.failed
}

const columns: readonly Column<UnopenedSecret>[] = [
  { key: 'label', header: 'SECRET', cell: ({ label }) => label },
  { key: 'keyVersion', header: 'KEY', align: 'right', cell: ({ keyVersion }) => String(keyVersion ?? 'first') },
  { key: 'why', header: 'WHY', cell: ({ why }) => why },
  { key: 'workspaceId', header: 'WORKSPACE', isMinor: true, cell: ({ workspaceId }) => workspaceId },
]
