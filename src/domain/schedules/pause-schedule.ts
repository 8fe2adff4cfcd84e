import { recordAudit } from '#domain/audit/record-audit.ts'
import { nextSlotOf } from '#domain/schedules/define-schedule.ts'
import { describeSchedule } from '#domain/schedules/describe-schedule.ts'
import { getForChange } from '#domain/schedules/get-schedule.ts'
import type { Schedule } from '#domain/schedules/schedule.ts'
import { databaseNow, setAllPaused, setPaused, setResumed } from '#domain/schedules/schedules.store.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { ScheduleId } from '#foundation/kernel/ids.ts'

/** Stops a schedule from starting anything. What runs already goes on. Pausing a paused one changes nothing. */
export async function pauseSchedule(db: Database, ctx: WorkspaceContext, scheduleId: ScheduleId): Promise<Schedule> {
  return inWorkspace(db, ctx, async (tx) => {
    const before = await getForChange(tx, ctx, scheduleId)
    if (before.pausedAt !== null) return before
    await setPaused(tx, ctx, scheduleId)
    return audited(tx, ctx, 'schedule.pause', before)
  })
}

/** Stops every schedule that people made, in the transaction of what it is for, which is what the audit names. */
export async function pauseAllSchedules(tx: Tx, ctx: WorkspaceContext): Promise<void> {
  await setAllPaused(tx, ctx)
}

/** Lets a paused schedule start again, from its first slot after now: what fell into the pause is neither run nor missed. */
export async function resumeSchedule(db: Database, ctx: WorkspaceContext, scheduleId: ScheduleId): Promise<Schedule> {
  return inWorkspace(db, ctx, async (tx) => {
    const before = await getForChange(tx, ctx, scheduleId)
    if (before.pausedAt === null) return before
    await setResumed(tx, ctx, scheduleId, nextSlotOf(ctx.workspaceId, before, await databaseNow(tx)))
    return audited(tx, ctx, 'schedule.resume', before)
  })
}

async function audited(tx: Tx, ctx: WorkspaceContext, action: string, before: Schedule): Promise<Schedule> {
  const after = await getForChange(tx, ctx, before.id)
  const subject = { kind: 'schedule', id: before.id }
  await recordAudit(tx, ctx, { action, subject, outcome: 'succeeded', ...describeSchedule(before, after) })
  return after
}
