import type { PlannedRestore } from '#domain/restore/plan-restore.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import type { Terminal } from '#entrypoints/cli/output/terminal.ts'
import { printRestore, wholeRestore } from '#entrypoints/cli/restores/print-restore.ts'
import { leftOutWords } from '#entrypoints/cli/restores/restore-columns.ts'
import { exitCodeOf, followRun, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/** Waits for the preview of a plan, prints it and says how to go on. */
export async function finishPlan(
  cli: Cli,
  session: Session,
  tenant: TenantContext,
  planned: PlannedRestore,
): Promise<number> {
  const { db } = session.product
  if (cli.options.wait) {
    const run = await followRun(cli, session.product, session.ctx, planned.previewRunId)
    if (run === undefined) return exitCodes.interrupted
    if (run.outcome === 'failed' || run.outcome === 'blocked' || run.outcome === 'cancelled') {
      sayEnded(cli, run)
      return exitCodeOf(run)
    }
  }
  const view = await wholeRestore(db, tenant, planned.restoreRunId)
  await printRestore(cli, view)
  if (!cli.options.wait)
    cli.terminal.say(
      `The plan is being made; see it with \`tenantatlas restore show ${view.id} --tenant "${tenant.tenantName}"\`.`,
    )
  else return sayPlanned(cli, tenant, view)
  return exitCodes.ok
}

function sayPlanned({ terminal }: Cli, tenant: TenantContext, { id, counts }: RestoreView): number {
  const { write, skip } = counts.byPlan
  if (write === 0) return sayNothingToApply(terminal, counts)
  if (skip > 0) terminal.say(`Warning: ${leftOutWords(counts)} and will stay as they are; the plan says why.`)
  terminal.say(`Nothing is written yet. Apply it: tenantatlas restore apply ${id} --tenant "${tenant.tenantName}"`)
  return exitCodes.ok
}

/** Says why a plan has nothing to apply; that policies differ and are all left out is no success. */
export function sayNothingToApply(terminal: Terminal, counts: RestoreView['counts']): number {
  if (counts.byPlan.skip === 0) {
    terminal.say('Nothing has to be written: everything is as the plan wants it.')
    return exitCodes.ok
  }
  terminal.say(`Nothing can be written: ${leftOutWords(counts)}; the plan says why.`)
  return exitCodes.partial
}
