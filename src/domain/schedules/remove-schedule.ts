import { recordAudit } from '#domain/audit/record-audit.ts'
import { describeSchedule } from '#domain/schedules/describe-schedule.ts'
import { getForChange } from '#domain/schedules/get-schedule.ts'
import { deleteSchedule } from '#domain/schedules/schedules.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ScheduleId } from '#foundation/kernel/ids.ts'

/**
 * Removes a schedule with the record of its slots. Runs it started stay.
 * @throws Failure `not_found`; `invalid_state` for one of the product's own
 */
export async function removeSchedule(db: Database, ctx: WorkspaceContext, scheduleId: ScheduleId): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    const schedule = await getForChange(tx, ctx, scheduleId)
    if (schedule.isSystem)
      throw new Failure('invalid_state', `"${schedule.name}" is a schedule of TenantAtlas: pause it instead.`)
    await deleteSchedule(tx, ctx, scheduleId)
    await recordAudit(tx, ctx, {
      action: 'schedule.remove',
      subject: { kind: 'schedule', id: scheduleId },
      outcome: 'succeeded',
      ...describeSchedule(schedule, null),
    })
  })
}
