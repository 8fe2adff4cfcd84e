import type { ScheduleDocument, SlotDocument } from '#contract/api/schedules.ts'
import { badgeOf } from '#contract/badges.ts'
import { relativeTime, timeInZone } from '#contract/moments.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

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
