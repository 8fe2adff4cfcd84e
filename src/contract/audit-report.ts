/** What verifying the whole audit log found, added up from the parts it is verified in. */
import type { KeptReport, VerifiedPart } from '#contract/api/audit.ts'

export type AuditReport = Omit<VerifiedPart, 'total' | 'nextCursor'>

/** More say nothing new, and every entry may have one. */
const keptProblems = 1_000

/** The report of a part and of the one after it, as one. */
export function joinReports(one: AuditReport, next: AuditReport): AuditReport {
  return {
    entries: one.entries + next.entries,
    firstSeq: one.firstSeq ?? next.firstSeq,
    lastSeq: next.lastSeq ?? one.lastSeq,
    removedUpTo: next.removedUpTo,
    checkpoints: {
      checked: one.checkpoints.checked + next.checkpoints.checked,
      newest: newerOf(one.checkpoints.newest, next.checkpoints.newest),
    },
    problems: [...one.problems, ...next.problems].slice(0, keptProblems),
    problemCount: one.problemCount + next.problemCount,
  }
}

/** The report with what comparing checkpoints that were kept elsewhere has found. */
export function withKept(report: AuditReport, { checked, newest, problems, problemCount }: KeptReport): AuditReport {
  const rest = { entries: 0, firstSeq: null, lastSeq: null, removedUpTo: report.removedUpTo }
  return joinReports(report, { ...rest, checkpoints: { checked, newest }, problems, problemCount })
}

type Newest = AuditReport['checkpoints']['newest']

function newerOf(one: Newest, other: Newest): Newest {
  return one !== null && (other === null || one.seq > other.seq) ? one : other
}
