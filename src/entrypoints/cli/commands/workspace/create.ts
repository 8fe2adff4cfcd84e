import type { Command } from '#entrypoints/cli/cli.ts'
import { printWorkspace } from '#entrypoints/cli/commands/workspace/print-workspace.ts'
import { connect } from '#entrypoints/cli/server/connect.ts'

export const workspaceCreate: Command<{ slug?: string }> = async (cli, [name = ''], { slug }) => {
  const { api } = await connect(cli)
  const workspace = await api.workspaces.create({ name, ...(slug !== undefined && { slug }) })
  await printWorkspace(cli, workspace)
  cli.terminal.say(`Next: tenantatlas tenant add <name> --entra-id <id> --workspace ${workspace.slug}`)
}
