import type { TimelineEntry } from '#domain/operations/run-timeline.ts'
import { iso } from '#entrypoints/documents/iso.ts'

/** An entry of a run's timeline as programs see it: times in UTC, everything else as it is. */
export function timelineDocument(entry: TimelineEntry) {
  const at = entry.at.toISOString()
  if (entry.kind !== 'attempt') return { ...entry, at }
  const { kind, attempt, worker, endedAt, end, failure, nextAt } = entry
  return { kind, at, attempt, worker, endedAt: iso(endedAt), end, failure, nextAt: iso(nextAt) }
}
