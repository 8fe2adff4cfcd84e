import { operationLabel } from '#domain/operations/catalog.ts'
import type { Schedule, ScheduleSlot } from '#domain/schedules/schedule.ts'
import type { ScheduleView } from '#domain/schedules/show-schedule.ts'
import { iso } from '#entrypoints/documents/iso.ts'

/** A schedule as programs see it. */
export interface ScheduleDocument {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly label: string
  /** Null: all tenants of the workspace, or an operation of the workspace itself. */
  readonly tenant: { readonly id: string; readonly name: string } | null
  readonly isSystem: boolean
  readonly cron: string
  readonly timeZone: string
  readonly catchUp: string
  readonly jitterSeconds: number | null
  /** The nominal time of the next slot, and when it starts: later by the place in the window. Null while paused. */
  readonly nextSlotAt: string | null
  readonly nextDueAt: string | null
  readonly pausedAt: string | null
  readonly createdBy: string
  readonly createdAt: string
  readonly changedAt: string
}

export interface SlotDocument {
  readonly scheduledFor: string
  readonly missedThrough: string | null
  readonly state: string
  readonly runId: string | null
  readonly problem: string | null
  readonly decidedAt: string
}

export interface ScheduleDetailDocument extends ScheduleDocument {
  readonly nextSlots: readonly string[]
  readonly latestSlots: readonly SlotDocument[]
}

export function scheduleDocument(schedule: Schedule): ScheduleDocument {
  const isPaused = schedule.pausedAt !== null
  return {
    id: schedule.id,
    name: schedule.name,
    type: schedule.type,
    label: operationLabel(schedule.type),
    tenant: schedule.tenant && { id: schedule.tenant.ref, name: schedule.tenant.name },
    isSystem: schedule.isSystem,
    cron: schedule.cron,
    timeZone: schedule.timeZone,
    catchUp: schedule.catchUp,
    jitterSeconds: schedule.jitterSeconds,
    nextSlotAt: isPaused ? null : schedule.nextSlotAt.toISOString(),
    nextDueAt: isPaused ? null : schedule.nextDueAt.toISOString(),
    pausedAt: iso(schedule.pausedAt),
    createdBy: schedule.createdBy,
    createdAt: schedule.createdAt.toISOString(),
    changedAt: schedule.changedAt.toISOString(),
  }
}

export function scheduleDetailDocument(view: ScheduleView): ScheduleDetailDocument {
  return {
    ...scheduleDocument(view),
    nextSlots: view.nextSlots.map((slot) => slot.toISOString()),
    latestSlots: view.latestSlots.map(slotDocument),
  }
}

function slotDocument({ scheduledFor, missedThrough, state, runId, problem, decidedAt }: ScheduleSlot): SlotDocument {
  return {
    scheduledFor: scheduledFor.toISOString(),
    missedThrough: iso(missedThrough),
    state,
    runId,
    problem,
    decidedAt: decidedAt.toISOString(),
  }
}
