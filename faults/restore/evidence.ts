/**
 * What a case leaves behind: the witness's journal, the rows of the ledgers as they stand in the tables, and how the
 * processes ended. Plain data, so that the checker needs nothing of the product to judge it.
 */
import type { JournalEntry } from '../../simulator/control.ts'
import type { SimAssignment } from '../../simulator/world.ts'
import type { Exit, Stop } from '../exits.ts'

export interface Evidence {
  readonly policies: readonly WitnessedPolicy[]
  /** Of the tenant since the accident, by the simulator. */
  readonly journal: readonly JournalEntry[]
  /** The starts that were answered. */
  readonly acknowledged: readonly Acknowledged[]
  readonly ledger: Ledger
  /** The worker that took over, asked to stop at the end, and one that came too late for its run. */
  readonly successor: Exit
  readonly woken?: Exit
  /** Only where a worker was told to stop. */
  readonly stop?: Stop
}

export interface Acknowledged {
  /** Of the run. */
  readonly id: string
  readonly act: string
  /** The outcome it must have: nothing else stood in its way. */
  readonly outcome: 'succeeded' | 'partially_succeeded'
}

/** One policy of the confirmed plan, by the simulator. */
export interface WitnessedPolicy {
  readonly type: string
  readonly collection: string
  readonly id: string
  readonly isPerTarget: boolean
  /** What the backup saw. */
  readonly desired: readonly SimAssignment[]
  /** What the plan saw. */
  readonly before: readonly SimAssignment[]
  /** What is there at the end. */
  readonly live: readonly SimAssignment[]
}

/** Everything the database holds about the tenant's runs. */
export interface Ledger {
  readonly runs: readonly RunRow[]
  readonly liveRuns: readonly { readonly run_id: string }[]
  readonly runItems: readonly RunItemRow[]
  readonly restoreItems: readonly RestoreItemRow[]
  readonly sends: readonly SendRow[]
  readonly audit: readonly AuditRow[]
}

export interface RunRow {
  readonly id: string
  readonly type: string
  readonly outcome: string
  readonly attempts: number
  readonly completed_at: Date | null
  readonly summary_counts: Readonly<Record<string, number>>
}

export interface RunItemRow {
  readonly run_id: string
  readonly item_key: string
  readonly outcome: string
  readonly attempt: number
  readonly counts: Readonly<Record<string, number>>
}

export interface RestoreItemRow {
  readonly id: string
  readonly type: string
  readonly graph_id: string
  readonly state: string
}

export interface SendRow {
  readonly client_request_id: string
  readonly restore_item_id: string
  readonly run_id: string
  readonly fence: number
  readonly intent_at: Date
}

export interface AuditRow {
  readonly run_id: string | null
  readonly action: string
  readonly subject_id: string
  readonly outcome: string
}
