import { recordAudit } from '#domain/audit/record-audit.ts'
import { nameTaken, nextSlotOf, requireInput, requireJitter, requireName } from '#domain/schedules/define-schedule.ts'
import { describeSchedule } from '#domain/schedules/describe-schedule.ts'
import { getForChange } from '#domain/schedules/get-schedule.ts'
import { isSchedulable, type CatchUp, type Schedule } from '#domain/schedules/schedule.ts'
import { databaseNow, updateSchedule } from '#domain/schedules/schedules.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ScheduleId } from '#foundation/kernel/ids.ts'

/** What is absent stays as it is. Tenant and operation do not change: that would be another schedule. */
export interface ScheduleChanges {
  readonly name?: string
  readonly cron?: string
  readonly timeZone?: string
  readonly input?: unknown
  readonly catchUp?: CatchUp
  /** Null: the default again. */
  readonly jitterSeconds?: number | null
}

/**
 * Changes a schedule. Its next slot is the first one after now by the new times: what was due before is not run. `check`
 * sees the schedule as it is, locked, and refuses by throwing.
 * @throws Failure `not_found`; `invalid_input` naming the field; `conflict` when the name is taken
 */
export async function changeSchedule(
  db: Database,
  ctx: WorkspaceContext,
  { scheduleId, ...changes }: ScheduleChanges & { readonly scheduleId: ScheduleId },
  check: (current: Schedule) => void = () => undefined,
): Promise<Schedule> {
  return inWorkspace(db, ctx, async (tx) => {
    const before = await getForChange(tx, ctx, scheduleId)
    check(before)
    const changed = changedDefinition(before, changes)
    const next = nextSlotOf(ctx.workspaceId, changed, await databaseNow(tx))
    if (!(await updateSchedule(tx, ctx, scheduleId, { ...changed, next }))) throw nameTaken(changed.name)
    const after = await getForChange(tx, ctx, scheduleId)
    await recordAudit(tx, ctx, {
      action: 'schedule.change',
      subject: { kind: 'schedule', id: scheduleId },
      outcome: 'succeeded',
      ...describeSchedule(before, after),
    })
    return after
  })
}

function changedDefinition(before: Schedule, changes: ScheduleChanges): Schedule {
  if (before.isSystem && (changes.name !== undefined || changes.input !== undefined))
    throw new Failure('invalid_state', `"${before.name}" is a schedule of TenantAtlas: only its times can be changed.`)
  const { name, cron = before.cron, timeZone = before.timeZone, catchUp = before.catchUp, jitterSeconds } = changes
  return {
    ...before,
    name: name === undefined ? before.name : requireName(name),
    cron: cron.trim(),
    timeZone: timeZone.trim(),
    input: changedInput(before, changes),
    catchUp,
    jitterSeconds: jitterSeconds === undefined ? before.jitterSeconds : requireJitter(jitterSeconds),
  }
}

function changedInput({ type, input }: Schedule, changes: ScheduleChanges): unknown {
  return changes.input !== undefined && isSchedulable(type) ? requireInput(type, changes.input) : input
}
