import { cronSlots } from '#domain/schedules/cron-slots.ts'
import { getSchedule } from '#domain/schedules/get-schedule.ts'
import type { Schedule, ScheduleSlot } from '#domain/schedules/schedule.ts'
import { latestSlots } from '#domain/schedules/schedules.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { ScheduleId } from '#foundation/kernel/ids.ts'

export interface ScheduleView extends Schedule {
  /** The next five slots by their nominal times; none while paused. */
  readonly nextSlots: readonly Date[]
  /** The latest ten, newest first. */
  readonly latestSlots: readonly ScheduleSlot[]
}

/** One schedule with what became of its latest slots and its next times. @throws Failure `not_found` */
export async function showSchedule(
  db: Database,
  ctx: WorkspaceContext,
  { scheduleId }: { readonly scheduleId: ScheduleId },
): Promise<ScheduleView> {
  return inWorkspace(db, ctx, async (tx) => {
    const schedule = await getSchedule(tx, ctx, scheduleId)
    const latest = await latestSlots(tx, ctx, { scheduleId, limit: 10 })
    return { ...schedule, nextSlots: nextSlots(schedule), latestSlots: latest }
  })
}

function nextSlots(schedule: Schedule): Date[] {
  if (schedule.pausedAt !== null) return []
  const slots = cronSlots(schedule)
  const times = [schedule.nextSlotAt]
  while (times.length < 5) times.push(slots.after(times.at(-1) ?? schedule.nextSlotAt))
  return times
}
