import { badgeOf } from '#contract/badges.ts'
import { relativeTime, timeInZone } from '#contract/moments.ts'
import { operationLabel } from '#domain/operations/catalog.ts'
import type { Schedule, ScheduleSlot } from '#domain/schedules/schedule.ts'
import type { ScheduleView } from '#domain/schedules/show-schedule.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

/** A schedule as `-o json` shows it. */
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

export const scheduleColumns: readonly Column<ScheduleDocument>[] = [
  { key: 'name', header: 'NAME', cell: (schedule) => schedule.name },
  { key: 'type', header: 'OPERATION', cell: (schedule) => schedule.label, csv: (schedule) => schedule.type },
  { key: 'tenant', header: 'TENANT', cell: forWhom },
  { key: 'cron', header: 'CRON', isMinor: true, keepsWidth: true, cell: (schedule) => schedule.cron },
  { key: 'timeZone', header: 'TIME ZONE', isMinor: true, cell: (schedule) => schedule.timeZone },
  {
    key: 'state',
    header: 'STATE',
    keepsWidth: true,
    cell: (schedule) => badgeOf('scheduleState', stateOf(schedule)),
    csv: stateOf,
  },
  { key: 'nextSlotAt', header: 'NEXT', cell: nextWords, csv: (schedule) => schedule.nextSlotAt ?? '' },
  { key: 'createdBy', header: 'BY', isMinor: true, cell: (schedule) => schedule.createdBy },
  { key: 'id', header: 'ID', isId: true, isMinor: true, cell: (schedule) => schedule.id },
]

export function forWhom({ tenant, isSystem }: ScheduleDocument): string {
  return tenant?.name ?? (isSystem ? '(workspace)' : 'all tenants')
}

export function stateOf({ pausedAt }: ScheduleDocument): 'active' | 'paused' {
  return pausedAt === null ? 'active' : 'paused'
}

/** In the zone of the schedule, and how long until then: `2026-11-29 02:00, in 10 hours`. */
export function nextWords({ nextSlotAt, timeZone }: ScheduleDocument): string {
  if (nextSlotAt === null) return '–'
  const at = new Date(nextSlotAt)
  return `${timeInZone(at, timeZone)}, ${relativeTime(at, new Date())}`
}

export function slotColumns(timeZone: string): readonly Column<SlotDocument>[] {
  return [
    { key: 'scheduledFor', header: 'SLOT', cell: (slot) => slotWords(slot, timeZone) },
    { key: 'state', header: 'STATE', keepsWidth: true, cell: (slot) => badgeOf('slotState', slot.state) },
    { key: 'runId', header: 'RUN', isId: true, cell: (slot) => slot.runId ?? '' },
    { key: 'problem', header: 'WHY', cell: (slot) => slot.problem ?? '' },
  ]
}

function slotWords({ scheduledFor, missedThrough }: SlotDocument, timeZone: string): string {
  const from = timeInZone(new Date(scheduledFor), timeZone)
  return missedThrough === null ? from : `${from} to ${timeInZone(new Date(missedThrough), timeZone)}`
}
