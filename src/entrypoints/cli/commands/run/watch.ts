import type { Command } from '#entrypoints/cli/cli.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import { findRun } from '#entrypoints/cli/runs/find-run.ts'
import { exitCodeOf, followRun, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import { printRun } from '#entrypoints/cli/runs/print-run.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const runWatch: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id } = await findRun(session, text)
  const run = await followRun(cli, session, id)
  if (run === undefined) return exitCodes.interrupted
  if (cli.printer.isForPeople) return sayEnded(cli, run)
  await printRun(cli, run)
  return exitCodeOf(run)
}
