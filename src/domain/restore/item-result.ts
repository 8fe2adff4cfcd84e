/** What the end of an item means in the ledger of its run. Pure. */
import { itemKey } from '#domain/restore/restore-run.ts'
import type { PolicyRef } from '#domain/restore/restore-run.ts'
import type { ItemEnd } from '#domain/restore/write-ledger.store.ts'
import type { RunItem, SummaryCounts } from '#domain/operations/operation.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'

interface Meaning {
  readonly outcome: RunItem['outcome']
  readonly counts: SummaryCounts
  readonly failure?: { readonly code: string; readonly reason: Reason }
}

const meanings = {
  verified: { outcome: 'succeeded', counts: { changed: 1 } },
  no_change: { outcome: 'succeeded', counts: { unchanged: 1 } },
  conflict: {
    outcome: 'failed',
    counts: { conflicts: 1 },
    failure: { code: 'assignments.restore_conflict', reason: 'conflict' },
  },
  failed: { outcome: 'failed', counts: {}, failure: { code: 'assignments.restore_failed', reason: 'unknown_error' } },
  unknown: {
    outcome: 'failed',
    counts: { unknown: 1 },
    failure: { code: 'assignments.restore_unknown', reason: 'write_unknown' },
  },
  awaiting_approval: {
    outcome: 'skipped',
    counts: { awaiting_approval: 1 },
    failure: { code: 'assignments.restore_approval_required', reason: 'approval_required' },
  },
  skipped: {
    outcome: 'skipped',
    counts: {},
    failure: { code: 'assignments.restore_skipped', reason: 'not_applicable' },
  },
} as const satisfies Record<ItemEnd['state'], Meaning>

export type ItemResult = Pick<ItemEnd, 'state' | 'recovered' | 'reason' | 'message'>

export function runItemOf(policy: PolicyRef & { readonly name: string }, end: ItemResult): RunItem {
  const { outcome, counts, failure }: Meaning = meanings[end.state]
  return {
    key: itemKey(policy),
    label: policy.name,
    outcome,
    counts: end.recovered === true ? { ...counts, recovered: 1 } : counts,
    output: { state: end.state },
    ...(failure && { failure: { ...failure, reason: end.reason ?? failure.reason, message: end.message ?? '' } }),
  }
}
