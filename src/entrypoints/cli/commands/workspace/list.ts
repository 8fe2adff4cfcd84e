import { listWorkspaces } from '#domain/workspaces/find-workspace.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { workspaceDocument } from '#entrypoints/documents/workspace-document.ts'
import { openProduct } from '#entrypoints/cli/session.ts'

export const workspaceList: Command = async (cli) => {
  await using product = await openProduct(cli)
  const workspaces = await listWorkspaces(product.db)
  await cli.printer.list({
    items: workspaces.map(workspaceDocument),
    columns: [
      { key: 'slug', header: 'SLUG', keepsWidth: true, cell: (workspace) => workspace.slug },
      { key: 'name', header: 'NAME', cell: (workspace) => workspace.name },
      { key: 'id', header: 'ID', isId: true, cell: (workspace) => workspace.id },
    ],
    empty: 'No workspace yet. Create one with `tenantatlas workspace create <name>`.',
  })
}
