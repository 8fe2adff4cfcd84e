/**
 * What a case of the run ledger leaves behind: the witness's journal, the rows as they stand in the tables, what was
 * answered, and how the processes ended. Plain data, so that the checker needs nothing of the product to judge it.
 */
import type { JournalEntry } from '../../simulator/control.ts'
import type { Exit, Stop } from '../exits.ts'

export interface Evidence {
  /** Of the simulated tenant since the case began. */
  readonly journal: readonly JournalEntry[]
  readonly answers: readonly Answer[]
  readonly expected: readonly Expected[]
  /** Rows that had to stay as they were. */
  readonly kept: readonly RunRow[]
  readonly ledger: Ledger
  readonly processes: readonly Participant[]
  /** Only where a worker was told to stop. */
  readonly stop?: Stop
  /** From the loss of the worker until another one had its run. */
  readonly resumedMs?: number
  /** Runs of one tenant at Graph were at work at once, so the journal cannot say which attempt came after which. */
  readonly isCrowded?: boolean
  /** After each time the database was gone: how long until a start was answered and a run was done. */
  readonly servedMs: readonly number[]
  /** The same after the disk had been full, since there was room again. */
  readonly resumedAfterRoomMs?: number
  /** Starts that were not answered: each may have taken effect. */
  readonly unsure: number
  /** The lease of the case's workers. */
  readonly leaseMs: number
}

/** A start that was answered. */
export interface Answer {
  /** Starts of one name are to be answered with one run, those of another name with another. */
  readonly start: string
  readonly runId: string
  /** Where the run cools down: until when. */
  readonly retryAt?: Date
}

/** What a run must have come to. */
export interface Expected {
  /** Of the run. */
  readonly id: string
  readonly outcomes: readonly string[]
  readonly attempts: { readonly least: number; readonly most?: number }
  /** Made by an older program, or forgotten by the queue: its first attempts are in no log. */
  readonly isHistoryLost?: true
  /** Its cooldown was made to end early, as time passing would. */
  readonly isTimePassed?: true
  /** Failures must name this. */
  readonly failureCode?: string
  /** What Graph really has of its scope; absent where it was not done to its end. */
  readonly graph?: GraphTruth
}

export interface GraphTruth {
  /** `type/id` of every policy in the scope that may be read. */
  readonly policies: readonly string[]
  /** Types that Graph refuses to list. */
  readonly refused: readonly string[]
  /** Whether the run has an item for each policy, or one for each type. */
  readonly items: 'policies' | 'types'
}

/** A process of the product that took part. */
export interface Participant {
  readonly name: string
  /** The app registration that this process alone used. */
  readonly app: string
  /** `killed`: on purpose. */
  readonly end: Exit | 'killed'
  /** Requests it may have been past its last check with when its claim was over. */
  readonly mayFinish: number
}

/** Everything the database holds about the case's runs. */
export interface Ledger {
  readonly runs: readonly RunRow[]
  readonly liveRuns: readonly { readonly run_id: string }[]
  readonly items: readonly ItemRow[]
  readonly audit: readonly AuditRow[]
  /** What is to be told, and what was. */
  readonly outbox: readonly OutboxRow[]
  readonly notifications: readonly Pick<OutboxRow, 'run_id' | 'event'>[]
}

export interface RunRow {
  readonly id: string
  readonly tenant_id: string | null
  readonly type: string
  readonly identity: string
  readonly trigger: string
  readonly outcome: string
  readonly attempts: number
  readonly created_at: Date
  readonly started_at: Date | null
  readonly completed_at: Date | null
  readonly cooldown_until: Date | null
  readonly holds: boolean
  readonly summary_counts: Readonly<Record<string, number>>
  readonly failure_summary: readonly { readonly code: string }[]
  /** Absent in a schema without it. */
  readonly attempt_log?: readonly AttemptRow[]
  /** The transaction that wrote it last. */
  readonly xmin: string
}

export interface AttemptRow {
  readonly attempt: number
  readonly beganAt: string
  readonly endedAt: string
  readonly end: string
}

export interface ItemRow {
  readonly run_id: string
  readonly item_key: string
  readonly outcome: string
  readonly attempt: number
  readonly counts: Readonly<Record<string, number>>
  readonly updated_at: Date
}

export interface AuditRow {
  /** Written before there was a chain, and once more when it was put into one. */
  readonly is_migrated?: boolean
  readonly run_id: string | null
  readonly action: string
  readonly outcome: string
  readonly at: Date
  readonly xmin: string
}

export interface OutboxRow {
  readonly run_id: string
  readonly event: string
  readonly xmin: string
}
