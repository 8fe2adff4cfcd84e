/**
 * The scheduler's tick: decides every slot that is due. The decision, the run and the next time are one transaction under
 * the lock of the schedule's row, so any number of processes may tick at once, and one that dies leaves the slot to the
 * next. What is due, missed or late is decided by the database's clock alone.
 */
import { operationTypes } from '#domain/operations/catalog.ts'
import { wakeWorkers } from '#domain/operations/wake.ts'
import { cronSlots } from '#domain/schedules/cron-slots.ts'
import { placeOf } from '#domain/schedules/define-schedule.ts'
import { decideSlots, isLate, type SlotDecision } from '#domain/schedules/decide-slots.ts'
import {
  activeRunOf,
  insertSlot,
  isAnythingActive,
  isDecided,
  lockDue,
  setNext,
  workspacesWithDue,
  type DueRow,
  type NewSlot,
} from '#domain/schedules/firing.store.ts'
import { isOnlyWhenActive } from '#domain/schedules/system-schedules.ts'
import { startOperation } from '#domain/schedules/start-operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace, sqlState, wasConnectionLost } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ScheduleId, WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'
import { reportSlotDecided } from '#foundation/observability/events.ts'
import type { Log } from '#foundation/observability/log.ts'

export interface FireDeps {
  readonly db: Database
  readonly log: Log
  /** Aborted: the schedule that is being decided is the last. */
  readonly signal: AbortSignal
}

// So that a workspace with thousands of schedules does not keep the others waiting.
const mostInARow = 50

/** Decides what is due; answers how many runs it started. Whatever fails is logged and left to the next tick. */
export async function fireDueSchedules(deps: FireDeps): Promise<number> {
  const failed: ScheduleId[] = []
  let started = 0
  for (;;) {
    const workspaces = await workspacesWithDue(deps.db, operationTypes)
    let decided = 0
    for (const workspaceId of workspaces) {
      const fired = await fireInWorkspace(deps, workspaceId, failed)
      decided += fired.decided
      started += fired.started
      if (deps.signal.aborted) return started
    }
    // What is still due is being decided by somebody else, or failed.
    if (decided === 0) return started
  }
}

async function fireInWorkspace(
  { db, log, signal }: FireDeps,
  workspaceId: WorkspaceId,
  failed: ScheduleId[],
): Promise<{ readonly decided: number; readonly started: number }> {
  let started = 0
  for (let decided = 0; decided < mostInARow && !signal.aborted; decided += 1) {
    const fired = await fireNext(db, workspaceId, failed)
    if (fired.state === 'none') return { decided, started }
    if (fired.state === 'failed') {
      failed.push(fired.scheduleId)
      const where = { err: fired.error, workspaceId, scheduleId: fired.scheduleId }
      log[healsItself(fired.error) ? 'warn' : 'error'](where, 'a due schedule could not be decided')
      continue
    }
    const slotLog = log.child({ workspaceId, scheduleId: fired.scheduleId })
    for (const end of fired.ends) reportSlotDecided(slotLog, { type: fired.type, end })
    if (fired.ends.some(isStart)) {
      started += 1
      wakeWorkers(db)
    }
  }
  return { decided: mostInARow, started }
}

/** What became of a slot; missed ones in a row are one. */
type SlotEnd = 'started' | 'caught_up' | 'missed' | 'overlapped'

function isStart(end: SlotEnd): boolean {
  return end === 'started' || end === 'caught_up'
}

type Fired =
  | { readonly state: 'none' }
  | { readonly state: 'decided'; readonly scheduleId: ScheduleId; readonly type: string; readonly ends: SlotEnd[] }
  | { readonly state: 'failed'; readonly scheduleId: ScheduleId; readonly error: unknown }

/** The database went away, or somebody held what the start needs for too long: the next look finds the slot as it was. */
function healsItself(error: unknown): boolean {
  return !(error instanceof Failure) && (wasConnectionLost(error) || sqlState(error) === '55P03')
}

/** Decides one due schedule of the workspace in one transaction. */
async function fireNext(db: Database, workspaceId: WorkspaceId, except: readonly ScheduleId[]): Promise<Fired> {
  let scheduleId: ScheduleId | undefined
  try {
    const ctx = contextOfProduct(workspaceId, 'Scheduler')
    return await inWorkspace(db, ctx, async (tx) => {
      const due = await lockDue(tx, ctx, { types: operationTypes, except })
      if (due === undefined) return { state: 'none' }
      scheduleId = due.id
      return { state: 'decided', scheduleId: due.id, type: due.type, ends: await fire(tx, workspaceId, due) }
    })
  } catch (error) {
    if (scheduleId === undefined) throw error
    return { state: 'failed', scheduleId, error }
  }
}

async function fire(tx: Tx, workspaceId: WorkspaceId, due: DueRow): Promise<SlotEnd[]> {
  const ctx = contextOfProduct(workspaceId, `Schedule "${due.name}"`)
  const slots = cronSlots(due)
  const timing = { ...due, slots, place: placeOf(workspaceId, due) }
  const decision = decideSlots(timing)
  await setNext(tx, ctx, due.id, decision.next)
  if (isOnlyWhenActive(due.systemKey) && !(await isAnythingActive(tx, ctx))) return []
  const missed = await recordMissed(tx, ctx, due, decision)
  if (decision.start === null || (await isDecided(tx, ctx, { scheduleId: due.id, slotAt: decision.start })))
    return missed
  const intervalMs = slots.after(decision.start).getTime() - decision.start.getTime()
  const slot = await startSlot(tx, ctx, due, { scheduledFor: decision.start, intervalMs })
  failpoint('schedule.run_started')
  await insertSlot(tx, ctx, slot)
  failpoint('schedule.slot_decided')
  return [...missed, slot.state === 'started' && isLate(timing, decision.start) ? 'caught_up' : slot.state]
}

async function recordMissed(tx: Tx, ctx: WorkspaceContext, due: DueRow, { missed }: SlotDecision): Promise<'missed'[]> {
  if (missed === null || (await isDecided(tx, ctx, { scheduleId: due.id, slotAt: missed.from }))) return []
  const isRange = missed.through > missed.from
  await insertSlot(tx, ctx, {
    scheduleId: due.id,
    scheduledFor: missed.from,
    state: 'missed',
    ...(isRange && { missedThrough: missed.through }),
  })
  return ['missed']
}

/** The run of the slot, or why it has none. */
async function startSlot(
  tx: Tx,
  ctx: WorkspaceContext,
  due: DueRow,
  slot: { readonly scheduledFor: Date; readonly intervalMs: number },
): Promise<NewSlot> {
  const decided = { scheduleId: due.id, scheduledFor: slot.scheduledFor }
  if (due.isArchived) return { ...decided, state: 'missed', problem: 'The tenant is archived.' }
  const active = await activeRunOf(tx, ctx, due.id)
  if (active !== undefined) return { ...decided, state: 'overlapped', runId: active }
  try {
    const { disposition, runId } = await startOperation(tx, ctx, due, slot)
    return { ...decided, state: disposition === 'created' ? 'started' : 'overlapped', runId }
  } catch (error) {
    // Refused before anything was written: what the schedule starts is not allowed any more.
    if (!(error instanceof Failure)) throw error
    return { ...decided, state: 'missed', problem: error.message }
  }
}
