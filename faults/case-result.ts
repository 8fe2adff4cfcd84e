import type { Violation } from './violation.ts'

export type MatrixName = 'runs' | 'restore'

/** What a case is known by: the same three, the same case. */
export interface CaseName {
  readonly matrix: MatrixName
  readonly point: string
  readonly seed: number
}

/** How a case went. */
export interface CaseResult extends CaseName {
  /** For people: what was done. */
  readonly what: string
  /** A blow that did not hit proves nothing. */
  readonly isHit: boolean
  readonly violations: readonly Violation[]
  readonly seconds: number
  /** Why this machine cannot play it. */
  readonly skipped?: string
}

export type Tell = (result: CaseResult) => void
