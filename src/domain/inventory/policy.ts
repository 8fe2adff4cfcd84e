/** A policy as the inventory knows it: what was last observed. */
import type { PolicyId } from '#foundation/kernel/ids.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export interface PolicyRef {
  readonly id: PolicyId
  readonly type: PolicyType
  readonly graphId: string
  readonly name: string
  /** Since when the tenant does not have it any more; null while it is there. */
  readonly missingSince: Date | null
}

/** `unread`: never read. `stale`: read once, and the latest read failed. */
export type AssignmentsState = 'read' | 'stale' | 'unread'

export interface AssignmentsFreshness {
  readonly state: AssignmentsState
  /** When they were read; null when they never were. */
  readonly observedAt: Date | null
  /** Why the latest read failed; null when it did not. */
  readonly problem: string | null
}

interface FreshnessColumns {
  readonly assignments_observed_at: Date | null
  readonly assignments_stale: boolean
  readonly assignments_problem: string | null
}

export function freshnessOf(row: FreshnessColumns): AssignmentsFreshness {
  const observedAt = row.assignments_observed_at
  return {
    state: observedAt === null ? 'unread' : row.assignments_stale ? 'stale' : 'read',
    observedAt,
    problem: row.assignments_problem,
  }
}
