import type { WorkspaceDocument } from '#contract/api/workspaces.ts'
import { countOf } from '#contract/moments.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'

/** Prints which workspace was made or changed. */
export async function printWorkspace(cli: Cli, document: WorkspaceDocument): Promise<void> {
  await cli.printer.detail({
    document,
    facts: [
      ['Workspace', document.name],
      ['Slug', document.slug],
      ['Second person', secondPersonWords(document)],
    ],
  })
}

/** For which restores a second person is needed. */
export function secondPersonWords({ restoreApprovalLimit: limit }: WorkspaceDocument): string {
  if (limit === null) return 'for no restore'
  return limit === 0 ? 'for every restore' : `for restores of more than ${countOf(limit, 'policy', 'policies')}`
}
