import type { Control } from './canaries/control.ts'
import type { Searched } from './canaries/secret-watch.ts'
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
  /** What was looked for in all that it left, unless it could not be played to its end. */
  readonly searched?: Searched
  /** Why this machine cannot play it. */
  readonly skipped?: string
}

export type Tell = (result: CaseResult) => void
/** Told how the search for secrets did on a stage. */
export type Tried = (control: Control) => void

const mostTries = 3

/** Plays a case again whose blow came too early or too late: that proves nothing either way. What was violated stands. */
export async function untilHit<Result extends Pick<CaseResult, 'isHit' | 'violations' | 'skipped'>>(
  play: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    const result = await play()
    const isSettled = result.isHit || result.violations.length > 0 || result.skipped !== undefined
    if (isSettled || tries === mostTries) return result
  }
}
