import { cancelRun } from '#domain/operations/cancel-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findRun } from '#entrypoints/cli/runs/find-run.ts'
import { followRun, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import { printRun } from '#entrypoints/cli/runs/print-run.ts'
import { openSession } from '#entrypoints/cli/session.ts'

/** Asking for the end is what succeeds here, not the run that is ended. */
export const runCancel: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const found = await findRun(db, session.ctx, text)
  const disposition = await cancelRun(db, session.ctx, found.id)
  cli.terminal.say(
    disposition === 'cancelled'
      ? 'It was still queued and is cancelled.'
      : 'It is running: the item it works on is finished first.',
  )
  if (cli.options.wait && disposition === 'requested') {
    const run = await followRun(cli, session.product, session.ctx, found.id)
    if (run === undefined) return exitCodes.interrupted
    if (cli.printer.isForPeople) sayEnded(cli, run)
  }
  if (!cli.printer.isForPeople) await printRun(cli, await getRun(db, session.ctx, found.id))
  return exitCodes.ok
}
