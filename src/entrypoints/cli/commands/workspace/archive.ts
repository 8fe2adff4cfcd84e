import type { Command } from '#entrypoints/cli/cli.ts'
import { openWorkspace } from '#entrypoints/cli/commands/workspace/open-workspace.ts'
import { printWorkspace } from '#entrypoints/cli/commands/workspace/print-workspace.ts'
import { confirmName } from '#entrypoints/cli/confirm-name.ts'
import type { Session } from '#entrypoints/cli/session.ts'

export const workspaceArchive: Command = async (cli, [text]) => {
  const session = await openWorkspace(cli, text)
  const { api, at, workspace } = session
  await confirmName(cli, workspace.name, `This archives "${workspace.name}": nothing in it can be changed any more.`)
  await api.workspaces.archive({ ...at, confirm: workspace.name })
  await printWorkspace(cli, await asItIs(session))
  cli.terminal.say(`Its members can still read it. Bring it back: tenantatlas workspace unarchive ${workspace.slug}`)
}

export const workspaceUnarchive: Command = async (cli, [text]) => {
  const session = await openWorkspace(cli, text)
  await session.api.workspaces.unarchive(session.at)
  await printWorkspace(cli, await asItIs(session))
  cli.terminal.say('Its schedules stay paused: see `tenantatlas schedule list`.')
}

async function asItIs({ api, at }: Session) {
  const { guests: _, ...workspace } = await api.workspaces.get(at)
  return workspace
}
