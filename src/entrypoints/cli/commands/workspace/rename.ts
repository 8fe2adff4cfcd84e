import type { Command } from '#entrypoints/cli/cli.ts'
import { openWorkspace } from '#entrypoints/cli/commands/workspace/open-workspace.ts'
import { printWorkspace } from '#entrypoints/cli/commands/workspace/print-workspace.ts'
import { readForChange } from '#entrypoints/cli/server/read-for-change.ts'

export const workspaceRename: Command = async (cli, [text, name = '']) => {
  const { api, at } = await openWorkspace(cli, text)
  const { ifUnchanged } = await readForChange((read) => api.workspaces.get(at, read))
  await printWorkspace(cli, await api.workspaces.rename({ ...at, name }, ifUnchanged))
}
