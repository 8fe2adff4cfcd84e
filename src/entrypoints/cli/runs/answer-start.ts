import { clockTime, relativeTime } from '#contract/moments.ts'
import { getRun } from '#domain/operations/get-run.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli, Product } from '#entrypoints/cli/cli.ts'
import { followRun } from '#entrypoints/cli/runs/follow-run.ts'
import { printRun } from '#entrypoints/cli/runs/print-run.ts'

export type Followed =
  | { readonly state: 'ended'; readonly run: RunView }
  /** Nobody waits for it: the answer is given, this is the exit code. */
  | { readonly state: 'answered'; readonly exitCode: number }

/**
 * Says what a start led to and follows the run to its end. Starting what runs already follows that run; starting what
 * just ran is answered with that run and when it may run again.
 */
export async function answerStart(
  cli: Cli,
  product: Product,
  ctx: WorkspaceContext,
  ensured: EnsuredRun,
): Promise<Followed> {
  const started = await getRun(product.db, ctx, ensured.runId)
  sayDisposition(cli, ensured, started)
  if (ensured.disposition === 'cooldown' || !cli.options.wait) {
    await printRun(cli, started)
    return { state: 'answered', exitCode: exitCodes.ok }
  }
  const run = await followRun(cli, product, ctx, ensured.runId)
  return run === undefined ? { state: 'answered', exitCode: exitCodes.interrupted } : { state: 'ended', run }
}

function sayDisposition({ terminal, options }: Cli, ensured: EnsuredRun, run: RunView): void {
  const view = `view it with \`tenantatlas run show ${run.id}\``
  const of = run.tenant === null ? '' : ` of "${run.tenant.name}"`
  const now = new Date()
  switch (ensured.disposition) {
    case 'created':
      if (!options.wait) terminal.say(`${run.label}${of} queued; ${view}.`)
      return
    case 'active':
      return terminal.say(
        `${run.label}${of} ${run.status === 'completed' ? 'has run already' : 'is already running'}; ${view}.`,
      )
    case 'cooldown':
      return terminal.say(
        `${run.label}${of} ran ${relativeTime(run.completedAt ?? now, now)} and can run again at ${clockTime(ensured.retryAt, now)}; ${view}. Sooner: --override-cooldown --reason "…".`,
      )
  }
}
