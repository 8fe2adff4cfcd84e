import type { Check } from '../tools/check.ts'
import { columnsOf } from '../tools/check.ts'
import { describeCase } from './plan-case.ts'
import type { Point } from './plan-case.ts'
import type { CaseResult } from './run-case.ts'
import { invariants } from './violation.ts'
import type { Invariant } from './violation.ts'

/** What a person needs to see a failed case again. */
export function describeFailure({ planned, isHit, violations }: CaseResult): string {
  const sentences = violations.map(({ invariant, says }) => `  ${invariant} ${says}`)
  return [
    `FAILED ${planned.point}, seed ${planned.seed}: ${describeCase(planned)}`,
    ...(isHit ? [] : ['  it was not hit, so nothing is proved']),
    ...sentences,
    `  again: ${replay(planned)}`,
  ].join('\n')
}

function replay({ point, seed }: CaseResult['planned']): string {
  return `npm run faults -- --points ${point} --seed ${seed}`
}

export function isSound({ isHit, violations }: CaseResult): boolean {
  return isHit && violations.length === 0
}

/** One row per point. */
export function tableOfPoints(results: readonly CaseResult[]): string {
  const rows = Map.groupBy(results, ({ planned }) => planned.point)
  return columnsOf([
    ['point', 'seeds', 'hits', 'violations', 'seconds'],
    ...[...rows].map(([point, cases]) => [
      point,
      String(cases.length),
      String(cases.filter(({ isHit }) => isHit).length),
      String(cases.reduce((sum, { violations }) => sum + violations.length, 0)),
      cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1),
    ]),
  ])
}

export function checksOf(results: readonly CaseResult[], points: readonly Point[]): Check[] {
  const hits = results.filter(({ isHit }) => isHit)
  const reached = new Set(hits.map(({ planned }) => planned.point))
  return [
    { name: 'points hit', ok: reached.size === points.length, value: reached.size, goal: points.length },
    { name: 'cases hit', ok: hits.length === results.length, value: hits.length, goal: results.length },
    ...Object.keys(invariants).map((invariant) => checkOf(invariant as Invariant, results)),
  ]
}

function checkOf(invariant: Invariant, results: readonly CaseResult[]): Check {
  const count = results.flatMap(({ violations }) => violations.filter((one) => one.invariant === invariant)).length
  return { name: `${invariant}: ${invariants[invariant]}`, ok: count === 0, value: `${count} violations`, goal: 0 }
}
