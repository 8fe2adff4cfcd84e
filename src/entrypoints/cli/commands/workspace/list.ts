import type { Command } from '#entrypoints/cli/cli.ts'
import { connect } from '#entrypoints/cli/server/connect.ts'

export const workspaceList: Command = async (cli) => {
  const { api } = await connect(cli)
  const { workspaces } = await api.me.show()
  await cli.printer.list({
    items: workspaces,
    columns: [
      { key: 'slug', header: 'SLUG', keepsWidth: true, cell: (workspace) => workspace.slug },
      { key: 'name', header: 'NAME', cell: (workspace) => workspace.name },
      { key: 'role', header: 'YOUR ROLE', keepsWidth: true, cell: (workspace) => workspace.role },
      {
        key: 'state',
        header: 'STATE',
        isMinor: true,
        cell: ({ archivedAt }) => (archivedAt === null ? 'active' : 'archived'),
      },
      { key: 'id', header: 'ID', isId: true, cell: (workspace) => workspace.id },
    ],
    empty: 'You belong to no workspace: ask an owner of one for an invitation.',
  })
}
