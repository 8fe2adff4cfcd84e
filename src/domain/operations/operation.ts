/**
 * The words of the run ledger: what a start returns, what a handler gets, what it may report.
 * The ledger is the queue: creating a run enqueues it, and only `trackRun` writes how it ended.
 */
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'
import type { Tx } from '#foundation/db/database.ts'

export type RunOutcome = 'pending' | 'succeeded' | 'partially_succeeded' | 'failed' | 'blocked' | 'cancelled'
export type RunStatus = 'queued' | 'running' | 'completed'
export type RunTrigger = 'user' | 'schedule' | 'api' | 'system' | 'reconcile'

/** Summary keys every type has: `processed = succeeded + failed + skipped ≤ total`. */
export const baseSummaryKeys = ['total', 'processed', 'succeeded', 'failed', 'skipped'] as const
export type SummaryCounts = Readonly<Record<string, number>>

/** One line of a failure summary: stable code, reason of the registry, sanitized message, how often. */
export interface FailureLine {
  readonly code: string
  readonly reason: Reason
  readonly message: string
  readonly count: number
  readonly sample?: string
}

/** One attempt of a run that took several. */
export interface AttemptRecord {
  readonly attempt: number
  /** `host (pid)` of the worker. */
  readonly worker: string
  /** ISO 8601, like the other times: the database's. */
  readonly beganAt: string
  readonly endedAt: string
  /** The run was put back for another attempt, for Microsoft Graph, or by a worker that stopped; or it ended so. */
  readonly end: 'retry' | 'throttled' | 'hand_back' | Exclude<RunOutcome, 'pending'>
  readonly failure: FailureLine | null
  /** When the next attempt may begin; null for the last one. */
  readonly nextAt: string | null
}

/** The first of a log: the queue had lost the run, and the reconciliation queued it again under a fence far above. */
export interface RequeueRecord {
  readonly end: 'requeued'
  /** The fence it was queued with. */
  readonly attempt: number
  /** How many attempts are known from before. */
  readonly known: number
  readonly at: string
}

/** Starting what already runs or just ran is an answer, not an error. */
export type EnsuredRun =
  | { readonly disposition: 'created'; readonly runId: RunId }
  | { readonly disposition: 'active'; readonly runId: RunId }
  | { readonly disposition: 'cooldown'; readonly runId: RunId; readonly retryAt: Date }

export interface RunItem {
  /** Stable within the run; doing the item again overwrites its row. */
  readonly key: string
  /** For people: the policy's name. */
  readonly label?: string
  readonly outcome: 'succeeded' | 'failed' | 'skipped'
  /**
   * What this item adds to the run's counts. The base keys default to one item with this outcome; an item that stands
   * for many (all policies of a type) gives them itself. Other keys come from the type's list in the catalogue.
   */
  readonly counts?: SummaryCounts
  readonly failure?: { readonly code: string; readonly reason: Reason; readonly message: string }
  /** Kept for resume and display; small, no secrets. */
  readonly output?: unknown
}

/** The per-item ledger of a run. Every write is fenced: under a stale claim it throws `StaleClaim` and changes nothing. */
export interface ItemLedger {
  /** Names the items to come, so that `total` is known and a cancelled run shows what it left out. Idempotent. */
  plan(items: readonly { readonly key: string; readonly label?: string }[]): Promise<void>
  record(items: readonly RunItem[]): Promise<void>
  /** The same inside the caller's transaction, so that domain state and ledger change together. */
  recordIn(tx: Tx, items: readonly RunItem[]): Promise<void>
  /** Items that ended in an earlier attempt of this run, to skip on resume. */
  finished(): Promise<ReadonlyMap<string, { readonly outcome: RunItem['outcome']; readonly output: unknown }>>
}

export interface RunProgress {
  readonly processed: number
  readonly total: number
  readonly step: string
}

/** What a handler works with. */
export interface RunHandle<Input> {
  readonly runId: RunId
  readonly input: Input
  /** The fence: grows with every claim; written beside every effect. */
  readonly attempt: number
  readonly items: ItemLedger
  /**
   * Aborted on cancel, lost lease, deadline and shutdown; `signal.reason` is a `RunAbort`. A handler finishes its current
   * item and then throws it, as `signal.throwIfAborted()` does: to return means to be done.
   */
  readonly signal: AbortSignal
  /** Kept at most every second; the latest value wins. */
  progress(progress: RunProgress): void
  /** Throws `StaleClaim` unless this claim still holds in the database with at least `remainingMs` of lease left. */
  assertLease(remainingMs: number): Promise<void>
  /** Throws `StaleClaim` inside `tx` unless this claim still holds; locks the live row until the transaction ends. */
  assertFence(tx: Tx): Promise<void>
}

export type RunAbort = 'cancelled' | 'lease_lost' | 'deadline' | 'shutdown'

/**
 * How a handler ends: by returning. `outcome` is computed from the item ledger unless the handler says otherwise
 * (nothing done and a blocking reason: throw a `Failure`). Handlers never write outcome or counts.
 */
export interface RunResult {
  /** Problems of the run as a whole, beside those of its items. */
  readonly failures?: readonly FailureLine[]
  /** Only to make it worse than the items say: `partially_succeeded` when part of the scope stayed unread. */
  readonly atBest?: 'partially_succeeded' | 'failed'
  /** Merged into the run's `context` for display and links. */
  readonly context?: Readonly<Record<string, string | number | boolean | null>>
}

export type TenantRunHandler<Input> = (ctx: TenantContext, run: RunHandle<Input>) => Promise<RunResult>
export type WorkspaceRunHandler<Input> = (ctx: WorkspaceContext, run: RunHandle<Input>) => Promise<RunResult>
