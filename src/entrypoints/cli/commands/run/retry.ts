import type { Command } from '#entrypoints/cli/cli.ts'
import { overrideOf } from '#entrypoints/cli/override-option.ts'
import type { OverrideOptions } from '#entrypoints/cli/override-option.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { findRun } from '#entrypoints/cli/runs/find-run.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const runRetry: Command<OverrideOptions> = async (cli, [text = ''], options) => {
  const override = overrideOf(options)
  const session = await openSession(cli)
  const { id } = await findRun(session, text)
  const started = await session.api.runs.retry({ ...session.at, run: id, ...(override && { override }) })
  return finish(cli, await answerStart(cli, session, started))
}
