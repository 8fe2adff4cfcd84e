import { retryRun } from '#domain/operations/retry-run.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { overrideOf } from '#entrypoints/cli/override-option.ts'
import type { OverrideOptions } from '#entrypoints/cli/override-option.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { findRun } from '#entrypoints/cli/runs/find-run.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const runRetry: Command<OverrideOptions> = async (cli, [text = ''], options) => {
  const override = overrideOf(options)
  await using session = await openSession(cli)
  const { db } = session.product
  const found = await findRun(db, session.ctx, text)
  const ensured = await retryRun(db, session.ctx, found.id, { ...(override && { override }) })
  return await finish(cli, await answerStart(cli, session.product, session.ctx, ensured))
}
