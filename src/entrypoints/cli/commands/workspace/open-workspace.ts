import type { Cli } from '#entrypoints/cli/cli.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/** A session inside the workspace that a command names as its argument, else that of every command. */
export async function openWorkspace(cli: Cli, workspace: string | undefined): Promise<Session> {
  return openSession(workspace === undefined ? cli : { ...cli, options: { ...cli.options, workspace } })
}
