import { createWorkspace } from '#domain/workspaces/create-workspace.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { workspaceDocument } from '#entrypoints/documents/workspace-document.ts'
import { openProduct } from '#entrypoints/cli/session.ts'

export const workspaceCreate: Command<{ slug?: string; owner?: string }> = async (
  cli,
  [name = ''],
  { slug, owner },
) => {
  await using product = await openProduct(cli)
  const workspace = await createWorkspace(product.db, {
    name,
    ...(slug && { slug }),
    ownerName: owner ?? 'Administrator',
  })
  await cli.printer.detail({
    document: workspaceDocument(workspace),
    facts: [
      ['Workspace', workspace.name],
      ['Slug', workspace.slug],
    ],
  })
  cli.terminal.say(`Next: tenantatlas tenant add <name> --entra-id <id> --workspace ${workspace.slug}`)
}
