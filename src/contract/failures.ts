import { isReason, reasons } from '#foundation/kernel/reasons.ts'

interface Line {
  readonly reason: string
  readonly count: number
}

/** Failures with one reason: what a person does about them is the same. */
export interface FailureGroup<L extends Line> {
  readonly reason: string
  readonly count: number
  /** What to do next, one sentence; null for a reason of a newer version. */
  readonly next: string | null
  readonly lines: readonly L[]
}

/** Failures by reason, in the order their first one comes: a run's own problems stand before those of its items. */
export function groupFailures<L extends Line>(failures: readonly L[]): FailureGroup<L>[] {
  return [...Map.groupBy(failures, ({ reason }) => reason)].map(([reason, lines]) => ({
    reason,
    count: lines.reduce((sum, { count }) => sum + count, 0),
    next: isReason(reason) ? reasons[reason].next : null,
    lines,
  }))
}
