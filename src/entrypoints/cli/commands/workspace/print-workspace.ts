import type { WorkspaceDocument } from '#contract/api/workspaces.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'

/** Prints which workspace was made or changed. */
export async function printWorkspace(cli: Cli, document: WorkspaceDocument): Promise<void> {
  await cli.printer.detail({
    document,
    facts: [
      ['Workspace', document.name],
      ['Slug', document.slug],
    ],
  })
}
