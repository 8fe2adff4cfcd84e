import type { ChainProblem } from '#domain/audit/chain-problems.ts'

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
