import { startRun } from '#domain/operations/ensure-run.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const connectionVerify: Command = async (cli) => {
  await using session = await openSession(cli)
  const tenant = await session.tenant()
  const ensured = await startRun(session.product.db, tenant, { type: 'connection.verify', input: {}, trigger: 'user' })
  return await finish(cli, await answerStart(cli, session.product, session.ctx, ensured))
}
