import { contracts } from '#graph/contracts/registry.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { policyTypeDocument } from '#entrypoints/documents/policy-type-document.ts'

/** Needs no database: what can be done with a type is computed from its contract alone. */
export const policyTypesList: Command = async (cli) => {
  await cli.printer.list({
    items: contracts.map(policyTypeDocument),
    columns: [
      { key: 'type', header: 'TYPE', keepsWidth: true, cell: (item) => item.type },
      { key: 'label', header: 'NAME', cell: (item) => item.label },
      { key: 'canFetch', header: 'FETCH', cell: (item) => (item.canFetch ? 'yes' : 'no') },
      { key: 'canRestore', header: 'RESTORE', cell: (item) => item.canRestore },
      { key: 'risk', header: 'RISK', cell: (item) => item.risk },
      { key: 'read', header: 'TO READ', cell: (item) => item.permissions.read.join(' ') },
      { key: 'write', header: 'TO WRITE', cell: (item) => item.permissions.write.join(' ') },
    ],
    empty: '',
  })
}
