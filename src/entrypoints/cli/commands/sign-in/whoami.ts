import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { connect } from '#entrypoints/cli/server/connect.ts'

export const whoami: Command = async (cli) => {
  const { server, api } = await connect(cli)
  const { name, kind, session, workspaces } = await api.me.show()
  const { profile, url } = server
  await cli.printer.detail({
    document: { profile, url, name, kind, session, workspaces },
    facts: [
      ['Server', url],
      ['Profile', profile],
      ['Signed in as', kind === 'key' ? `${name}, with an API key` : name],
      ...(session === null ? [] : [['Since', ago(session.authenticatedAt)] as const]),
    ],
    below: (printer) =>
      printer.section(
        'Workspaces',
        [
          { key: 'slug', header: 'WORKSPACE', keepsWidth: true, cell: (workspace) => workspace.slug },
          { key: 'name', header: 'NAME', cell: (workspace) => workspace.name },
          { key: 'role', header: 'ROLE', keepsWidth: true, cell: (workspace) => workspace.role },
          {
            key: 'allTenants',
            header: 'TENANTS',
            cell: (workspace) => (workspace.allTenants ? 'all' : 'some'),
          },
        ],
        workspaces,
      ),
  })
}
