import { keptProblems, type ChainProblem } from '#domain/audit/chain-problems.ts'

/** What a verification of a chain, or of a part of it, has found. */
export interface ChainReport {
  readonly entries: number
  readonly firstSeq: number | null
  readonly lastSeq: number | null
  /** The last entry that retention has removed; 0 for none. */
  readonly removedUpTo: number
  readonly checkpoints: {
    readonly checked: number
    /** The newest that holds. What came after it is guarded by the chain alone. */
    readonly newest: SignedPlace | null
  }
  /** The first thousand. */
  readonly problems: readonly ChainProblem[]
  /** All of them. */
  readonly problemCount: number
}

export interface SignedPlace {
  readonly seq: number
  readonly at: string
}

/** The report of a part and of the one after it, as one. */
export function joinReports(one: ChainReport, next: ChainReport): ChainReport {
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

function newerOf(one: SignedPlace | null, other: SignedPlace | null): SignedPlace | null {
  return one !== null && (other === null || one.seq > other.seq) ? one : other
}
