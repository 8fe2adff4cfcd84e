/** What a look at a schedule decides, as a pure function of the schedule and the database's clock. */
import type { CronSlots } from '#domain/schedules/cron-slots.ts'
import { jitterWindowMs } from '#domain/schedules/jitter.ts'
import type { CatchUp } from '#domain/schedules/schedule.ts'

export interface SlotTime {
  readonly slotAt: Date
  /** The slot and the jitter of the schedule. */
  readonly dueAt: Date
}

export interface SlotDecision {
  /** Slots that are too old to be run, the first and the last of them. */
  readonly missed: { readonly from: Date; readonly through: Date } | null
  /** At most one: however long nobody looked, one run catches up. */
  readonly start: Date | null
  readonly next: SlotTime
}

export interface DueSchedule {
  readonly slots: CronSlots
  /** Where in its window this schedule starts, 0 ≤ x < 1. */
  readonly place: number
  readonly jitterSeconds: number | null
  readonly catchUp: CatchUp
  /** The first slot nobody has decided. */
  readonly nextSlotAt: Date
  readonly now: Date
}

const graceMs = 5 * 60_000

/** For a schedule that is due. The cost does not depend on how long nobody looked. */
export function decideSlots(due: DueSchedule): SlotDecision {
  const { slots, nextSlotAt } = due
  const last = later(nextSlotAt, lastDue(due))
  const start = mayStart(due, last) ? last : null
  const missedThrough = start === null ? last : slots.atOrBefore(new Date(last.getTime() - 1))
  const missed = missedThrough < nextSlotAt ? null : { from: nextSlotAt, through: missedThrough }
  return { missed, start, next: slotTime(due, slots.after(last)) }
}

/** When a slot is due. */
export function slotTime(due: Pick<DueSchedule, 'slots' | 'place' | 'jitterSeconds'>, slotAt: Date): SlotTime {
  const intervalMs = due.slots.after(slotAt).getTime() - slotAt.getTime()
  const jitterMs = Math.floor(due.place * jitterWindowMs(intervalMs, due.jitterSeconds))
  return { slotAt, dueAt: new Date(slotAt.getTime() + jitterMs) }
}

/** The newest slot that is due: the one before last when the jitter of the last is not over yet. */
function lastDue(due: DueSchedule): Date {
  const last = due.slots.atOrBefore(due.now)
  return slotTime(due, last).dueAt <= due.now ? last : due.slots.atOrBefore(new Date(last.getTime() - 1))
}

function mayStart(due: DueSchedule, slotAt: Date): boolean {
  const endsAt = due.slots.after(slotAt)
  return due.now < endsAt && (due.catchUp === 'once' || !isLate(due, slotAt))
}

/** Whether starting the slot now catches it up: nobody looked when it was due. */
export function isLate(due: Pick<DueSchedule, 'slots' | 'place' | 'jitterSeconds' | 'now'>, slotAt: Date): boolean {
  return due.now.getTime() - slotTime(due, slotAt).dueAt.getTime() > graceMs
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b
}
