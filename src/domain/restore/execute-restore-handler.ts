/**
 * `assignments.restore`: executes a confirmed plan, policy by policy in its order. One run per restore run; whatever
 * worker has it continues where the ledger says. Nothing outside the confirmed plan is ever written.
 */
import { executeItem } from '#domain/restore/execute-item.ts'
import { fenced, isTriedAgain, pass } from '#domain/restore/execution.ts'
import type { Execution } from '#domain/restore/execution.ts'
import { getRestore } from '#domain/restore/get-restore.ts'
import { runItemOf } from '#domain/restore/item-result.ts'
import { planHashOf } from '#domain/restore/plan-hash-of.ts'
import { requireSecondPerson } from '#domain/restore/second-person.ts'
import { countItems, lockRestore, restoreItems, setEnded, setRunning } from '#domain/restore/restores.store.ts'
import { endedStates, itemKey } from '#domain/restore/restore-run.ts'
import type { RestoreItem, RestoreItemState, RestoreRun, RestoreState } from '#domain/restore/restore-run.ts'
import { defaultTiming } from '#domain/restore/restore-timing.ts'
import type { RestoreTiming } from '#domain/restore/restore-timing.ts'
import { endOf } from '#domain/restore/state-as-seen.ts'
import { nextOpenItem, skipPlanned } from '#domain/restore/write-ledger.store.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import type { RunHandle, RunItem, RunResult, TenantRunHandler } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RestoreRunId } from '#foundation/kernel/ids.ts'
import { systemClock } from '#graph/client/clock.ts'
import type { Clock } from '#graph/client/clock.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'

type Input = InputOf<'assignments.restore'>

export interface ExecuteRestoreDeps {
  readonly db: Database
  readonly graphFor: (ctx: TenantContext) => Promise<GraphClient>
  readonly clock?: Clock
  readonly timing?: RestoreTiming
}

export function createExecuteRestoreHandler(deps: ExecuteRestoreDeps): TenantRunHandler<Input> {
  const { db, graphFor, clock = systemClock, timing = defaultTiming } = deps
  return async (ctx, run) => {
    const { restoreRunId } = run.input
    const restore = await inWorkspace(db, ctx, (tx) => getRestore(tx, ctx, restoreRunId))
    if (isOver(restore.state))
      return inWorkspace(db, ctx, async (tx) => resultOf(restoreRunId, await statesOf(tx, ctx, restoreRunId)))
    await refuseUnconfirmed(db, ctx, { restore, run })
    const execution = {
      db,
      ctx,
      run,
      clock,
      timing,
      graph: await graphFor(ctx),
      signal: itemSignal(run.signal, timing),
    }
    await begin(execution, restoreRunId)
    await nameItems(execution, restoreRunId)
    return executeAll(execution, restoreRunId)
  }
}

function isOver(state: RestoreState): boolean {
  return (endedStates as readonly RestoreState[]).includes(state)
}

/** Only the run that was confirmed executes, and only the plan whose hash was. */
async function refuseUnconfirmed(
  db: Database,
  ctx: TenantContext,
  { restore, run }: { readonly restore: RestoreRun; readonly run: RunHandle<Input> },
): Promise<void> {
  if (restore.runId !== run.runId || restore.planHash === null) {
    throw new Failure('invalid_state', 'This restore was not confirmed; review its plan and confirm it.')
  }
  const planHash = await inWorkspace(db, ctx, (tx) => planHashOf(tx, ctx, restore))
  if (planHash.toString('hex') !== restore.planHash) {
    throw new Failure(
      'damaged',
      'The stored plan is not the one that was confirmed; nothing was written. Make a new plan.',
    )
  }
}

/** What had begun before was judged then: it goes on, whoever may approve by now. */
async function begin(execution: Execution, restoreRunId: RestoreRunId): Promise<void> {
  const { ctx } = execution
  await fenced(execution, async (tx) => {
    const locked = await lockRestore(tx, ctx, restoreRunId)
    if (locked?.state !== 'queued') return
    const restore = await getRestore(tx, ctx, restoreRunId)
    await requireSecondPerson(tx, ctx, { restore, executor: restore.confirmedById })
    await setRunning(tx, ctx, restoreRunId)
  })
}

/**
 * What stops the current item: a cancel does not, a stopping worker only when the item takes too long, all else at once.
 * A write that is cut short costs the successor the whole settle delay.
 */
function itemSignal(signal: AbortSignal, { finishItemMs }: RestoreTiming): AbortSignal {
  const controller = new AbortController()
  const abort = () => controller.abort(signal.reason)
  const follow = () => {
    if (signal.reason === 'shutdown') setTimeout(abort, finishItemMs).unref()
    else if (signal.reason !== 'cancelled') abort()
  }
  if (signal.aborted) follow()
  else signal.addEventListener('abort', follow, { once: true })
  return controller.signal
}

const pageSize = 1_000

/** Names all items of the plan to the run; what the plan left as it is, or left out, is done with that. */
async function nameItems({ db, ctx, run }: Execution, restoreRunId: RestoreRunId): Promise<void> {
  for (let after = -1; ;) {
    const page = await inWorkspace(db, ctx, (tx) => restoreItems(tx, ctx, restoreRunId, { after, limit: pageSize }))
    await run.items.plan(page.map((item) => ({ key: itemKey(item), label: item.name })))
    await run.items.record(page.flatMap(decidedByPlan))
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = last.ordinal
  }
}

function decidedByPlan(item: RestoreItem): RunItem[] {
  const { reason, message } = item
  if (item.plan === 'no_change') return [runItemOf(item, { state: 'no_change' })]
  if (item.plan === 'write') return []
  return [runItemOf(item, { state: 'skipped', ...(reason && { reason }), ...(message && { message }) })]
}

async function executeAll(execution: Execution, restoreRunId: RestoreRunId): Promise<RunResult> {
  const { db, ctx, run } = execution
  for (;;) {
    const item = await inWorkspace(db, ctx, (tx) => nextOpenItem(tx, ctx, restoreRunId))
    if (item === undefined) return end(execution, restoreRunId)
    if (item.state === 'planned' && isCancelled(run)) return cancel(execution, restoreRunId)
    if (!isCancelled(run)) run.signal.throwIfAborted()
    await progress(execution, restoreRunId)
    try {
      await executeItem(execution, item)
    } catch (error) {
      if (error instanceof Failure && isCancelled(run)) return cancel(execution, restoreRunId)
      if (!isTriedAgain(error)) await stop(execution, restoreRunId, error as Failure)
      throw error
    }
  }
}

function isCancelled(run: RunHandle<unknown>): boolean {
  return run.signal.aborted && run.signal.reason === 'cancelled'
}

async function progress({ db, ctx, run }: Execution, restoreRunId: RestoreRunId): Promise<void> {
  const counts = await inWorkspace(db, ctx, (tx) => countItems(tx, ctx, restoreRunId))
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const open = counts.reduce(
    (sum, { state, count }) => sum + (state === 'planned' || state === 'sending' ? count : 0),
    0,
  )
  run.progress({ processed: total - open, total, step: 'Writing assignments' })
}

/** Everything is settled. */
async function end(execution: Execution, restoreRunId: RestoreRunId): Promise<RunResult> {
  const { ctx } = execution
  pass('restore.ending')
  const states = await fenced(execution, async (tx) => {
    const found = await statesOf(tx, ctx, restoreRunId)
    await setEnded(tx, ctx, restoreRunId, endOf(found))
    return found
  })
  pass('restore.ended')
  return resultOf(restoreRunId, states)
}

type States = ReadonlySet<RestoreItemState>

async function statesOf(tx: Tx, ctx: TenantContext, restoreRunId: RestoreRunId): Promise<States> {
  return new Set((await countItems(tx, ctx, restoreRunId)).map(({ state }) => state))
}

/** What awaits approval is not done, and nothing failed either. */
function resultOf(restoreRunId: RestoreRunId, states: States): RunResult {
  const isAwaiting = states.has('awaiting_approval')
  return { context: { restoreRunId }, ...(isAwaiting ? { atBest: 'partially_succeeded' as const } : {}) }
}

/** The current item is finished; the rest is left out and says so. */
async function cancel(execution: Execution, restoreRunId: RestoreRunId): Promise<RunResult> {
  const why = { reason: 'cancelled', message: 'The restore was cancelled before this policy.' } as const
  await leaveOut(execution, restoreRunId, { why, state: 'cancelled' })
  return { context: { restoreRunId } }
}

/** Nothing more can be written: the rest is left out with the reason. */
async function stop(execution: Execution, restoreRunId: RestoreRunId, { reason, message }: Failure): Promise<void> {
  await leaveOut(execution, restoreRunId, { why: { reason, message }, state: null })
}

async function leaveOut(
  execution: Execution,
  restoreRunId: RestoreRunId,
  { why, state }: { readonly why: Pick<Failure, 'reason' | 'message'>; readonly state: 'cancelled' | null },
): Promise<void> {
  const { ctx, run } = execution
  await fenced(execution, async (tx) => {
    const left = await skipPlanned(tx, ctx, restoreRunId, why)
    await run.items.recordIn(
      tx,
      left.map((item) => runItemOf(item, { state: 'skipped', ...why })),
    )
    const states = await statesOf(tx, ctx, restoreRunId)
    await setEnded(tx, ctx, restoreRunId, state ?? (states.has('verified') ? 'partial' : 'failed'))
  })
}
