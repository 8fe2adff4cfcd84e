import { orderedCounts } from '#contract/counts.ts'
import { freshnessReasons } from '#domain/operations/freshness.ts'
import { isRetriable } from '#domain/operations/retry-run.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { isReason, reasons } from '#foundation/kernel/reasons.ts'
import { iso } from '#entrypoints/documents/iso.ts'

/** A run as programs see it: `-o json` of the command line and the HTTP API. */
export interface RunDocument {
  readonly id: string
  readonly type: string
  readonly label: string
  readonly tenant: { readonly id: string; readonly name: string } | null
  readonly status: RunView['status']
  readonly outcome: RunView['outcome']
  readonly counts: Readonly<Record<string, number>>
  readonly failures: readonly FailureDocument[]
  readonly progress: { readonly processed: number; readonly total: number; readonly step: string } | null
  readonly attempts: number
  readonly initiator: string
  readonly trigger: RunView['trigger']
  readonly context: Readonly<Record<string, unknown>>
  readonly createdAt: string
  readonly startedAt: string | null
  readonly completedAt: string | null
  /** When the same operation can run again, while it cannot. */
  readonly retryAt: string | null
  /** `fresh`, `late` or `stuck` while it has not ended, and why it is not fresh. */
  readonly freshness: string | null
  readonly freshnessReason: string | null
  /** Somebody wants it to wait. */
  readonly held: { readonly what: string; readonly by: string; readonly reason: string } | null
  /** Until when Microsoft Graph asked its tenant to wait. */
  readonly throttledUntil: string | null
  /** Somebody wants it to end: it finishes the item it works on. */
  readonly cancelRequested: boolean
  /** It ended without success, and its operation is one that is started again as it was. */
  readonly isRetriable: boolean
}

export interface FailureDocument {
  readonly code: string
  readonly reason: string
  readonly message: string
  readonly count: number
  /** One of the items it concerns. */
  readonly sample: string | null
  readonly next: string | null
}

export function runDocument(run: RunView): RunDocument {
  return {
    id: run.id,
    type: run.type,
    label: run.label,
    tenant: run.tenant && { id: run.tenant.ref, name: run.tenant.name },
    status: run.status,
    outcome: run.outcome,
    counts: Object.fromEntries(orderedCounts(run.counts)),
    failures: run.failures.map(({ code, reason, message, count, sample = null }) => ({
      code,
      reason,
      message,
      count,
      sample,
      next: nextOf(reason),
    })),
    progress: run.progress && { processed: run.progress.processed, total: run.progress.total, step: run.progress.step },
    attempts: run.attempts,
    initiator: run.initiator.name,
    trigger: run.trigger,
    context: run.context,
    createdAt: run.createdAt.toISOString(),
    startedAt: iso(run.startedAt),
    completedAt: iso(run.completedAt),
    retryAt: iso(run.retryAt),
    freshness: run.freshness?.state ?? null,
    freshnessReason: reasonOf(run.freshness),
    held: run.held && { what: run.held.what, by: run.held.by, reason: run.held.reason },
    throttledUntil: iso(run.throttledUntil),
    cancelRequested: run.isCancelRequested,
    isRetriable: isRetriable(run),
  }
}

function reasonOf(freshness: RunView['freshness']): string | null {
  return freshness === null || freshness.state === 'fresh' ? null : freshnessReasons[freshness.why]
}

function nextOf(reason: string): string | null {
  return isReason(reason) ? reasons[reason].next : null
}
