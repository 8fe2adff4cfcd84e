import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findRun } from '#entrypoints/cli/runs/find-run.ts'
import { followRun, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import { printRun } from '#entrypoints/cli/runs/print-run.ts'
import { openSession } from '#entrypoints/cli/session.ts'

/** Asking for the end is what succeeds here, not the run that is ended. */
export const runCancel: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id } = await findRun(session, text)
  const { disposition } = await session.api.runs.cancel({ ...session.at, run: id })
  cli.terminal.say(
    disposition === 'cancelled'
      ? 'It was still queued and is cancelled.'
      : 'It is running: the item it works on is finished first.',
  )
  if (cli.options.wait && disposition === 'requested') {
    const run = await followRun(cli, session, id)
    if (run === undefined) return exitCodes.interrupted
    if (cli.printer.isForPeople) sayEnded(cli, run)
  }
  if (!cli.printer.isForPeople) await printRun(cli, await findRun(session, id))
  return exitCodes.ok
}
