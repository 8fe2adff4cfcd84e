/**
 * Restores: bringing assignments back. A restore run is a plan, its confirmation, its execution and what became of each
 * policy. What always holds: nothing is written that was not previewed and confirmed by its hash; each request that
 * changes a tenant is committed to the write ledger before its first byte; "verified" is said only of what was read back.
 */
import type { DiffLine } from '#domain/assignments/describe-assignment.ts'
import type { RestoreMode } from '#domain/assignments/desired-assignments.ts'
import type { BackupSetId, RestoreItemId, RestoreRunId, RunId, UserId } from '#foundation/kernel/ids.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export type { RestoreMode }

export type RestoreState =
  | 'draft'
  | 'checked'
  | 'previewed'
  | 'queued'
  | 'running'
  | 'completed'
  | 'partial'
  | 'failed'
  | 'cancelled'

export const endedStates = ['completed', 'partial', 'failed', 'cancelled'] as const satisfies readonly RestoreState[]

/** What the plan says about a policy. */
export type ItemPlan = 'write' | 'no_change' | 'skip'

export type RestoreItemState =
  | 'planned'
  | 'sending'
  | 'verified'
  | 'no_change'
  | 'conflict'
  | 'failed'
  | 'unknown'
  | 'awaiting_approval'
  | 'skipped'

/** Whether something of an item may have reached the tenant. */
export type Written = 'no' | 'yes' | 'unknown'

export interface PolicyRef {
  readonly type: PolicyType
  readonly graphId: string
}

/** Which policies of the source are wanted. */
export type RestoreScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'types'; readonly types: readonly PolicyType[] }
  | { readonly kind: 'policies'; readonly policies: readonly PolicyRef[] }

/** One thing that was looked at before a restore. A blocking one must be mended before the plan can be confirmed. */
export interface Check {
  readonly id:
    | 'write_permission'
    | 'backup_set'
    | 'snapshots'
    | 'policies'
    | 'live'
    | 'targets'
    | 'policy_types'
    | 'all_users'
    | 'all_devices'
    | 'many_policies'
    | 'remediation'
  readonly severity: 'blocking' | 'warning' | 'ok'
  readonly reason: Reason
  readonly message: string
  /** Policies it is about. */
  readonly count: number
}

/** That somebody approved the plan with that hash. Whether it still counts is said by `second-person.ts`. */
export interface Approval {
  readonly approverId: UserId
  readonly approverName: string
  /** Lower-case hexadecimal. */
  readonly planHash: string
  readonly reason: string | null
  readonly approvedAt: Date
}

export interface RestoreRun {
  readonly id: RestoreRunId
  /** As it is now, also when the operation run ended without saying so (its worker was lost for good). */
  readonly state: RestoreState
  readonly mode: RestoreMode
  readonly backupSetId: BackupSetId | null
  readonly undoOf: RestoreRunId | null
  readonly scope: RestoreScope
  readonly onlyChanged: boolean
  /** Lower-case hexadecimal; null until there is a preview. */
  readonly planHash: string | null
  /** How many policies the plan writes. */
  readonly writes: number
  /** In the order in which they were given. */
  readonly approvals: readonly Approval[]
  readonly checks: readonly Check[]
  readonly previewRunId: RunId | null
  readonly runId: RunId | null
  readonly createdBy: string
  readonly confirmedBy: string | null
  /** Null for what was confirmed by nobody in person, or before it was kept. */
  readonly confirmedById: UserId | null
  readonly confirmedAt: Date | null
  readonly createdAt: Date
  readonly previewedAt: Date | null
  readonly completedAt: Date | null
}

export interface RestoreItem {
  readonly id: RestoreItemId
  readonly ordinal: number
  readonly type: PolicyType
  readonly graphId: string
  readonly name: string
  readonly plan: ItemPlan
  readonly state: RestoreItemState
  readonly diff: readonly DiffLine[]
  readonly previewHash: string | null
  readonly desiredHash: string | null
  /** The live set that was found instead of the desired one. */
  readonly foundHash: string | null
  readonly written: Written
  /** Settled by reading back what an answer or a worker that was lost left open. */
  readonly recovered: boolean
  readonly approvalCode: string | null
  readonly reason: Reason | null
  readonly message: string | null
}

/** The key of an item in the ledger of its run. */
export function itemKey({ type, graphId }: PolicyRef): string {
  return `${type}/${graphId}`
}
