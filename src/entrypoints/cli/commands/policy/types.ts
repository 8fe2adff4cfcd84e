import type { Command } from '#entrypoints/cli/cli.ts'
import { connect } from '#entrypoints/cli/server/connect.ts'

/** The same in every workspace: what the version of the server can do. */
export const policyTypesList: Command = async (cli) => {
  const { api } = await connect(cli)
  const { items } = await api.policies.types()
  await cli.printer.list({
    items,
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
