/** A policy as the inventory knows it: what was last observed. */
import type { PolicyId } from '#foundation/kernel/ids.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import { contracts } from '#graph/contracts/registry.ts'

export interface PolicyRef {
  readonly id: PolicyId
  readonly type: PolicyType
  readonly graphId: string
  readonly name: string
  /** Since when the tenant does not have it any more; null while it is there. */
  readonly missingSince: Date | null
}

/**
 * `unread`: never read. `stale`: read once, and the latest read failed. `not_assignable`: objects of this type have no
 * assignments of their own, so there is nothing to read.
 */
export type AssignmentsState = 'read' | 'stale' | 'unread' | 'not_assignable'

export const unassignableTypes: readonly PolicyType[] = contracts
  .filter((contract) => contract.assignmentsRead === 'none')
  .map(({ key }) => key)

export interface AssignmentsFreshness {
  readonly state: AssignmentsState
  /** When they were read; null when they never were. */
  readonly observedAt: Date | null
  /** Why the latest read failed; null when it did not. */
  readonly problem: string | null
}

interface FreshnessColumns {
  readonly type: string
  readonly assignments_observed_at: Date | null
  readonly assignments_stale: boolean
  readonly assignments_problem: string | null
}

export function freshnessOf(row: FreshnessColumns): AssignmentsFreshness {
  return { state: stateOf(row), observedAt: row.assignments_observed_at, problem: row.assignments_problem }
}

function stateOf(row: FreshnessColumns): AssignmentsState {
  if (unassignableTypes.some((type) => type === row.type)) return 'not_assignable'
  if (row.assignments_observed_at === null) return 'unread'
  return row.assignments_stale ? 'stale' : 'read'
}
