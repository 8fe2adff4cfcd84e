import type { Command } from '#entrypoints/cli/cli.ts'
import { openWorkspace } from '#entrypoints/cli/commands/workspace/open-workspace.ts'
import { printWorkspace } from '#entrypoints/cli/commands/workspace/print-workspace.ts'
import { wholeNumberOption } from '#entrypoints/cli/options.ts'
import { readForChange } from '#entrypoints/cli/server/read-for-change.ts'

/** What stands for no limit. */
const none = 'none'

export const workspaceRestoreLimit: Command = async (cli, [text, wanted = '']) => {
  const limit = wanted === none ? null : wholeNumberOption(wanted, 'The limit')
  const { api, at } = await openWorkspace(cli, text)
  const { ifUnchanged } = await readForChange((read) => api.workspaces.get(at, read))
  await printWorkspace(cli, await api.workspaces.limitRestores({ ...at, limit }, ifUnchanged))
}
