import type { Command } from '#entrypoints/cli/cli.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const connectionVerify: Command = async (cli) => {
  const session = await openSession(cli)
  const { at } = await session.tenant()
  return finish(cli, await answerStart(cli, session, await session.api.connections.verify(at)))
}
