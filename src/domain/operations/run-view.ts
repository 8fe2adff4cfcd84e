import type { RunOverview } from '#foundation/db/schema.ts'
import { type Freshness, type FreshnessFacts, freshnessOf } from '#domain/operations/freshness.ts'
import { operationLabel } from '#domain/operations/catalog.ts'
import { countAttempts, type CountedAttempts } from '#domain/operations/count-attempts.ts'
import type {
  AttemptRecord,
  RequeueRecord,
  FailureLine,
  RunOutcome,
  RunProgress,
  RunStatus,
  RunTrigger,
  SummaryCounts,
} from '#domain/operations/operation.ts'
import type { TenantPlace } from '#foundation/kernel/context.ts'
import {
  asId,
  type RunId,
  type TenantId,
  type TenantRef,
  type UserId,
  type WorkspaceId,
} from '#foundation/kernel/ids.ts'
import type { Selectable } from 'kysely'

/** A run as people and the API see it. */
export interface RunView {
  readonly id: RunId
  /** Of the catalogue, or of a newer version: then the label is "Unknown operation". */
  readonly type: string
  readonly label: string
  /** Null: the run belongs to the workspace. */
  readonly tenant: TenantPlace | null
  readonly status: RunStatus
  readonly outcome: RunOutcome
  /** Written when the run ends; empty before. */
  readonly counts: SummaryCounts
  readonly failures: readonly FailureLine[]
  readonly progress: RunProgress | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly completedAt: Date | null
  readonly attempts: number
  readonly throttles: number
  readonly initiator: { readonly name: string; readonly userId: UserId | null }
  readonly trigger: RunTrigger
  readonly context: Readonly<Record<string, unknown>>
  readonly input: unknown
  readonly isCancelRequested: boolean
  /** Queued: when it is tried again, if it waits for that. Completed: when the same may be started again, if not yet. */
  readonly retryAt: Date | null
  /** Why the latest attempt did not end the run. */
  readonly lastFailure: FailureLine | null
  /** Its attempts so far, oldest first; empty while the first one is under way, or when that one ended the run. */
  readonly attemptLog: readonly AttemptRecord[]
  /** When it was queued again because the queue had lost it. */
  readonly requeuedAt: Date | null
  /** Whether it goes on as it should; null when it has ended. */
  readonly freshness: Freshness | null
  /** Queued: somebody wants it to wait. */
  readonly held: { readonly what: 'tenant' | 'operation'; readonly by: string; readonly reason: string } | null
  /** Queued: until when Microsoft Graph asked its tenant to wait. */
  readonly throttledUntil: Date | null
  /** The attempt that is under way, if one is. */
  readonly leased: { readonly worker: string; readonly since: Date; readonly deadlineAt: Date } | null
}

/** A row of the view with the names that stand elsewhere. */
export interface RunRow extends Selectable<RunOverview> {
  readonly tenant_external_id: string | null
  readonly tenant_name: string | null
  readonly lane_paused: boolean | null
  readonly lane_paused_by: string | null
  readonly lane_reason: string | null
  readonly blocked_until: Date | null
  readonly type_paused_by: string | null
  readonly type_reason: string | null
  readonly lease_until: Date | null
  readonly lane_busy: boolean
  readonly has_workers: boolean
  /** The database's clock when the row was read. */
  readonly now: Date
}

// Columns read with `as` below carry check constraints, or JSON that only the ledger writes.
export function runView(row: RunRow): RunView {
  return {
    id: asId<RunId>(present(row.id)),
    type: present(row.type),
    label: operationLabel(present(row.type)),
    tenant: tenantOf(row),
    status: row.status as RunStatus,
    outcome: row.outcome as RunOutcome,
    counts: row.summary_counts as SummaryCounts,
    failures: row.failure_summary as FailureLine[],
    progress: row.progress as RunProgress | null,
    createdAt: present(row.created_at),
    startedAt: row.started_at ?? row.live_started_at,
    completedAt: row.completed_at,
    ...attemptsOf(row),
    throttles: row.throttles ?? 0,
    initiator: {
      name: present(row.initiator_name),
      userId: row.initiator_id === null ? null : asId<UserId>(row.initiator_id),
    },
    trigger: row.trigger as RunTrigger,
    context: row.context as Record<string, unknown>,
    input: row.input,
    isCancelRequested: row.cancel_requested_at !== null,
    retryAt: retryAt(row),
    lastFailure: row.last_failure as FailureLine | null,
    freshness: freshnessOf(factsOf(row), row.now),
    held: heldOf(row),
    throttledUntil: throttledUntil(row),
    leased: leasedOf(row),
  }
}

function attemptsOf(row: RunRow): CountedAttempts {
  const log = (row.live_attempt_log ?? row.attempt_log) as (AttemptRecord | RequeueRecord)[]
  return countAttempts(row.live_attempt ?? present(row.attempts), log)
}

function factsOf(row: RunRow): FreshnessFacts {
  return {
    type: present(row.type),
    status: row.status as RunStatus,
    runAt: row.run_at,
    throttledUntil: throttledUntil(row),
    isHeld: heldOf(row) !== null,
    isLaneBusy: row.lane_busy,
    hasWorkers: row.has_workers,
    leasedAt: row.leased_at,
    deadlineAt: row.deadline_at,
    leaseUntil: row.lease_until,
  }
}

function heldOf(row: RunRow): RunView['held'] {
  if (row.status !== 'queued') return null
  if (row.lane_paused === true)
    return { what: 'tenant', by: row.lane_paused_by ?? 'unknown', reason: row.lane_reason ?? '' }
  if (row.type_paused_by === null) return null
  return { what: 'operation', by: row.type_paused_by, reason: row.type_reason ?? '' }
}

function throttledUntil({ status, blocked_until: until, now }: RunRow): Date | null {
  return status === 'queued' && until !== null && until > now ? until : null
}

function leasedOf({ worker_name: worker, leased_at: since, deadline_at: deadlineAt }: RunRow): RunView['leased'] {
  return worker === null || since === null || deadlineAt === null ? null : { worker, since, deadlineAt }
}

function tenantOf(row: RunRow): RunView['tenant'] {
  if (row.tenant_id === null || row.tenant_external_id === null || row.tenant_name === null) return null
  return {
    workspaceId: asId<WorkspaceId>(present(row.workspace_id)),
    id: asId<TenantId>(row.tenant_id),
    ref: asId<TenantRef>(row.tenant_external_id),
    name: row.tenant_name,
  }
}

function retryAt(row: RunRow): Date | null {
  if (row.status === 'completed') return row.holds === true ? row.cooldown_until : null
  return row.status === 'queued' && row.last_failure !== null ? row.run_at : null
}

/** A view's columns are nullable to the type generator; these never are. */
function present<T>(value: T | null): T {
  if (value === null) throw new TypeError('a run without one of its required columns')
  return value
}
