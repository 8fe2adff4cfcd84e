import type { Schedule } from '#domain/schedules/schedule.ts'
import { lockSchedule, scheduleById } from '#domain/schedules/schedules.store.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid, type ScheduleId } from '#foundation/kernel/ids.ts'

/** @throws Failure `not_found`, also for a schedule of another workspace */
export async function getSchedule(tx: Tx, ctx: WorkspaceContext, id: ScheduleId): Promise<Schedule> {
  return found(isUuid(id) ? await scheduleById(tx, ctx, id) : undefined, id)
}

/** The same, locked until the transaction ends: no slot is decided meanwhile. */
export async function getForChange(tx: Tx, ctx: WorkspaceContext, id: ScheduleId): Promise<Schedule> {
  return found(isUuid(id) ? await lockSchedule(tx, ctx, id) : undefined, id)
}

function found(schedule: Schedule | undefined, id: ScheduleId): Schedule {
  if (schedule !== undefined) return schedule
  throw new Failure(
    'not_found',
    `There is no schedule ${id} here; \`tenantatlas schedule list\` shows those there are.`,
  )
}
