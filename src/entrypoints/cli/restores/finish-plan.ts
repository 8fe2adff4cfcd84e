import type { PlannedRestore, RestoreDetailDocument } from '#contract/api/restores.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import type { Terminal } from '#entrypoints/cli/output/terminal.ts'
import { printRestore } from '#entrypoints/cli/restores/print-restore.ts'
import { neededWords } from '#entrypoints/cli/restores/approval-words.ts'
import { leftOutWords } from '#entrypoints/cli/restores/restore-columns.ts'
import { wholeRestore } from '#entrypoints/cli/restores/whole-restore.ts'
import { exitCodeOf, followRun, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/** Waits for the preview of a plan, prints it and says how to go on. */
export async function finishPlan(cli: Cli, session: Session, { body: planned }: PlannedRestore): Promise<number> {
  if (cli.options.wait) {
    const run = await followRun(cli, session, planned.run)
    if (run === undefined) return exitCodes.interrupted
    if (run.outcome === 'failed' || run.outcome === 'blocked' || run.outcome === 'cancelled') {
      sayEnded(cli, run)
      return exitCodeOf(run)
    }
  }
  const restore = await wholeRestore(session, planned.restore)
  await printRestore(cli, restore)
  if (!cli.options.wait)
    cli.terminal.say(
      `The plan is being made; see it with \`tenantatlas restore show ${restore.id} --tenant "${restore.tenant.name}"\`.`,
    )
  else return sayPlanned(cli, restore)
  return exitCodes.ok
}

function sayPlanned({ terminal }: Cli, restore: RestoreDetailDocument): number {
  const { id, tenant, counts, approval } = restore
  const { write, skip } = counts.byPlan
  if (write === 0) return sayNothingToApply(terminal, counts)
  if (skip > 0) terminal.say(`Warning: ${leftOutWords(counts)} and will stay as they are; the plan says why.`)
  if (approval.state === 'needed') terminal.say(`Nothing is written yet. ${neededWords(restore)}`)
  else terminal.say(`Nothing is written yet. Apply it: tenantatlas restore apply ${id} --tenant "${tenant.name}"`)
  return exitCodes.ok
}

/** Says why a plan has nothing to apply; that policies differ and are all left out is no success. */
export function sayNothingToApply(terminal: Terminal, counts: RestoreDetailDocument['counts']): number {
  if (counts.byPlan.skip === 0) {
    terminal.say('Nothing has to be written: everything is as the plan wants it.')
    return exitCodes.ok
  }
  terminal.say(`Nothing can be written: ${leftOutWords(counts)}; the plan says why.`)
  return exitCodes.partial
}
