/**
 * `ops.reconcile_adapter_runs`: brings back together what belongs together in one workspace, by the database alone. Each
 * mended run is an item of its ledger that says what was found. What nobody can mend is reported, never guessed.
 */
import type { AdapterRecords } from '#domain/operations/adapter-records.ts'
import {
  catalog,
  failureCode,
  isOperationType,
  operationLabel,
  type OperationType,
} from '#domain/operations/catalog.ts'
import type { RunHandle, RunItem, RunOutcome, WorkspaceRunHandler } from '#domain/operations/operation.ts'
import {
  countActive,
  dropEndedLiveRows,
  overdueRuns,
  pendingWithoutLiveRow,
  releaseCooled,
  requeueRun,
  settleRun,
  type ActiveRun,
} from '#domain/operations/reconcile-runs.store.ts'
import { lostClaims, recoverLost } from '#domain/operations/recover-runs.ts'
import { announceChange, wakeWorkers } from '#domain/operations/wake.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId, type RunId } from '#foundation/kernel/ids.ts'
import type { Log } from '#foundation/observability/log.ts'

export interface ReconcileDeps {
  readonly db: Database
  readonly log: Log
  readonly adapters: readonly AdapterRecords[]
}

const cooledAtOnce = 1_000
/** A run that waits so long with workers alive is strange. */
const overdueMinutes = 15

export function createReconcileRunsHandler(deps: ReconcileDeps): WorkspaceRunHandler<object> {
  return async (ctx, run) => {
    const active = await countActive(deps.db, ctx, run.runId)
    const seen = new Set<RunId>()
    for (const step of steps) {
      run.signal.throwIfAborted()
      for await (const item of step(deps, ctx, run)) {
        if (item.runId !== undefined) seen.add(item.runId)
        await run.items.record([item.line])
      }
    }
    await run.items.record([unchangedLine(Math.max(0, active - seen.size))])
    if (seen.size > 0) wakeWorkers(deps.db)
    return {}
  }
}

/** One line of the report, with the run it is about. */
interface Finding {
  readonly runId?: RunId
  readonly line: RunItem
}

type Step = (deps: ReconcileDeps, ctx: WorkspaceContext, run: RunHandle<unknown>) => AsyncGenerator<Finding, void>

const steps: readonly Step[] = [
  dropRedelivered,
  requeueForgotten,
  endAsRecorded,
  recordAsEnded,
  recoverUnheld,
  cool,
  report,
]

/** A live row whose run has ended: it was delivered twice. */
async function* dropRedelivered({ db }: ReconcileDeps, ctx: WorkspaceContext): AsyncGenerator<Finding, void> {
  for (const run of await dropEndedLiveRows(db, ctx))
    yield mended(run, 'Had ended already; its place in the queue was removed.')
}

/** A pending run without a live row. */
async function* requeueForgotten({ db }: ReconcileDeps, ctx: WorkspaceContext): AsyncGenerator<Finding, void> {
  for (const run of await pendingWithoutLiveRow(db, ctx)) {
    if (!isOperationType(run.type))
      yield beyondUs(
        run,
        'Is pending and not queued, and this version does not know the operation: start the newer version.',
      )
    else if (await requeueRun(db, { ctx, runId: run.runId }, catalog[run.type]))
      yield mended(run, 'Was pending and not queued; it is queued again.', 'requeued')
  }
}

/** The domain record is over, its run is not. */
async function* endAsRecorded({ db, adapters }: ReconcileDeps, ctx: WorkspaceContext): AsyncGenerator<Finding, void> {
  for (const records of adapters) {
    for (const [runId, outcome] of await records.over(db, ctx)) {
      const key = { ctx, runId, auditId: newId() }
      if (!(await settleRun(db, key, endingOf(records.type, outcome)))) continue
      announceChange(db, key)
      yield mended(
        { runId, type: records.noun },
        `Was active though its ${records.noun} had ended; it ended as that had.`,
      )
    }
  }
}

function endingOf(type: OperationType, outcome: Exclude<RunOutcome, 'pending' | 'blocked'>) {
  const { cooldown } = catalog[type]
  const failure = { reason: 'unknown_error', message: 'It had failed before its run could say so.', count: 1 } as const
  const failures = outcome === 'failed' ? [{ ...failure, code: failureCode(type) }] : []
  const atBest = outcome === 'partially_succeeded' ? outcome : null
  const verdict = outcome === 'failed' || outcome === 'cancelled' ? outcome : 'returned'
  return { verdict, atBest, failures, cooldown } as const
}

/** The run has ended, its domain record does not know. */
async function* recordAsEnded({ db, adapters }: ReconcileDeps, ctx: WorkspaceContext): AsyncGenerator<Finding, void> {
  for (const records of adapters)
    for (const runId of await records.endWithTheirRuns(db, ctx))
      yield mended(
        { runId, type: records.noun },
        `Had ended though its ${records.noun} was active; that ended with it.`,
      )
}

/** Leased by a process whose lease is over. */
async function* recoverUnheld(
  { db, log }: ReconcileDeps,
  { workspaceId }: WorkspaceContext,
  run: RunHandle<unknown>,
): AsyncGenerator<Finding, void> {
  for (const lost of await lostClaims(db)) {
    if (lost.ctx.workspaceId !== workspaceId || lost.runId === run.runId) continue
    const end = await recoverLost({ db, log }, lost, run.signal)
    if (end?.state === 'released') yield mended(lost, 'Its worker was gone; it is queued again.', 'requeued')
    if (end?.state === 'ended')
      yield mended(lost, 'Its worker was gone and its attempts were spent; it ended as failed.')
    if (end === undefined) yield beyondUs(lost, 'Its worker is gone and it could not be queued again: look at the log.')
  }
}

/** Identities held past their cooldown. Each batch is committed for itself; one line for all of them. */
async function* cool(
  { db }: ReconcileDeps,
  ctx: WorkspaceContext,
  run: RunHandle<unknown>,
): AsyncGenerator<Finding, void> {
  let released = 0
  for (let last = cooledAtOnce; last === cooledAtOnce; released += last) {
    run.signal.throwIfAborted()
    last = await releaseCooled(db, ctx, cooledAtOnce)
  }
  if (released === 0) return
  const counts = { total: released, processed: released, succeeded: released, reconciled: released }
  yield { line: { key: 'cooldowns', label: 'Identities past their cooldown', outcome: 'succeeded', counts } }
}

/** What waits although nothing is in its way. */
async function* report({ db }: ReconcileDeps, ctx: WorkspaceContext): AsyncGenerator<Finding, void> {
  const message = `Could have started for more than ${overdueMinutes} minutes while workers live: look whether they are overloaded.`
  for (const run of await overdueRuns(db, ctx, overdueMinutes)) yield beyondUs(run, message)
}

function mended(run: ActiveRun, found: string, counted: 'reconciled' | 'requeued' = 'reconciled'): Finding {
  const counts = { total: 1, processed: 1, succeeded: 1, [counted]: 1 }
  return { runId: run.runId, line: { ...naming(run), outcome: 'succeeded', counts, output: { found } } }
}

/** Reported, not mended: left out, so that the reconciliation itself is no failure. */
function beyondUs(run: ActiveRun, message: string): Finding {
  const failure = { code: 'ops.reconcile_adapter_runs.reported', reason: 'invalid_state', message } as const
  return { runId: run.runId, line: { ...naming(run), outcome: 'skipped', failure } }
}

function naming({ runId, type }: ActiveRun) {
  return { key: `run/${runId}`, label: `${operationLabel(type)} ${runId}` }
}

function unchangedLine(unchanged: number): RunItem {
  const counts = { total: unchanged, processed: unchanged, succeeded: unchanged, unchanged }
  return { key: 'unchanged', label: 'Active runs that are as they should be', outcome: 'succeeded', counts }
}
