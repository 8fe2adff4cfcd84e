/**
 * Schedules: operations that start by themselves. A slot is one nominal time of a schedule; it is decided once, ever, by
 * whichever process looks first, and every time that decides is the database's.
 */
import type { OperationType } from '#domain/operations/catalog.ts'
import type { TenantPlace } from '#foundation/kernel/context.ts'
import type { RunId, ScheduleId } from '#foundation/kernel/ids.ts'

/** A slot nobody decided in time: run once while it is younger than its interval, or never late. */
export const catchUps = ['once', 'never'] as const
export type CatchUp = (typeof catchUps)[number]

export interface Schedule {
  readonly id: ScheduleId
  readonly name: string
  /** The product's own: it can be paused and changed, not removed. */
  readonly isSystem: boolean
  /** As stored: an older program may meet the type of a newer one. */
  readonly type: string
  readonly input: unknown
  /** Null: all tenants of the workspace, or an operation of the workspace itself. */
  readonly tenant: TenantPlace | null
  readonly cron: string
  readonly timeZone: string
  readonly catchUp: CatchUp
  /** Null: a tenth of the interval, at most 15 minutes. */
  readonly jitterSeconds: number | null
  readonly pausedAt: Date | null
  /** Nominal time of the slot that is decided next, and when: the slot and this schedule's jitter. */
  readonly nextSlotAt: Date
  readonly nextDueAt: Date
  readonly createdBy: string
  readonly createdAt: Date
  readonly changedAt: Date
}

/** What became of a slot. `overlapped`: the operation was active or cooling down. */
export type SlotState = 'started' | 'missed' | 'overlapped'

export interface ScheduleSlot {
  readonly scheduledFor: Date
  /** Several missed slots in a row are one: from the first through this one. */
  readonly missedThrough: Date | null
  readonly state: SlotState
  readonly runId: RunId | null
  readonly problem: string | null
  readonly decidedAt: Date
}

/** What a schedule may start, and for whom. */
export const schedulable = {
  'backup.capture': ['tenant', 'allTenants'],
  'inventory.sync': ['tenant'],
  'assignments.fetch': ['tenant'],
  'connection.verify': ['tenant'],
} as const satisfies Partial<Record<OperationType, readonly ('tenant' | 'allTenants')[]>>

export type SchedulableType = keyof typeof schedulable
export const schedulableTypes = Object.keys(schedulable) as readonly SchedulableType[]

export function isSchedulable(type: string): type is SchedulableType {
  return Object.hasOwn(schedulable, type)
}
