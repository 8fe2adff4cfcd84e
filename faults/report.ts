import type { Check } from '../tools/check.ts'
import { columnsOf } from '../tools/check.ts'
import type { Control } from './canaries/control.ts'
import type { CaseName, CaseResult } from './case-result.ts'
import { invariants } from './violation.ts'
import type { Invariant } from './violation.ts'

/** What a person needs to see a failed case again. */
export function describeFailure(result: CaseResult): string {
  const { matrix, point, seed, what, isHit, violations } = result
  const sentences = violations.map(({ invariant, says }) => `  ${invariant} ${says}`)
  return [
    `FAILED ${matrix}: ${point}, seed ${seed}: ${what}`,
    ...(isHit ? [] : ['  it was not hit, so nothing is proved']),
    ...sentences,
    `  again: ${replay(result)}`,
  ].join('\n')
}

function replay({ matrix, point, seed }: CaseName): string {
  return `npm run faults -- --matrix ${matrix} --points ${point} --seed ${seed}`
}

export function isSound({ isHit, violations, skipped }: CaseResult): boolean {
  return skipped !== undefined || (isHit && violations.length === 0)
}

/** One row per point. */
export function tableOfPoints(results: readonly CaseResult[]): string {
  const rows = Map.groupBy(results, ({ matrix, point }) => `${matrix} ${point}`)
  return columnsOf([
    ['matrix', 'point', 'seeds', 'hits', 'violations', 'seconds each'],
    ...[...rows.values()].map((cases) => [
      cases[0]?.matrix ?? '',
      cases[0]?.point ?? '',
      String(cases.length),
      cases.some(({ skipped }) => skipped) ? 'skipped' : String(cases.filter(({ isHit }) => isHit).length),
      String(sum(cases.map(({ violations }) => violations.length))),
      (sum(cases.map(({ seconds }) => seconds)) / cases.length).toFixed(1),
    ]),
  ])
}

/** `planned`: every point that was to be hit. */
export function checksOf(
  results: readonly CaseResult[],
  planned: readonly Pick<CaseName, 'matrix' | 'point'>[],
): Check[] {
  const played = results.filter(({ skipped }) => skipped === undefined)
  const hits = played.filter(({ isHit }) => isHit)
  const nameOf = ({ matrix, point }: Pick<CaseName, 'matrix' | 'point'>) => `${matrix} ${point}`
  const skipped = new Set(results.filter((result) => result.skipped !== undefined).map(nameOf))
  const reached = new Set(hits.map(nameOf))
  const wanted = planned.filter((point) => !skipped.has(nameOf(point))).length
  return [
    { name: 'points hit', ok: reached.size === wanted, value: reached.size, goal: wanted },
    { name: 'cases hit', ok: hits.length === played.length, value: hits.length, goal: played.length },
    ...Object.keys(invariants).map((invariant) => checkOf(invariant as Invariant, results)),
  ]
}

function checkOf(invariant: Invariant, results: readonly CaseResult[]): Check {
  const count = results.flatMap(({ violations }) => violations.filter((one) => one.invariant === invariant)).length
  return { name: `${invariant}: ${invariants[invariant]}`, ok: count === 0, value: `${count} violations`, goal: 0 }
}

/** Whether the search for secrets finds those that were put somewhere for it. */
export function checksOfSearch(controls: readonly Control[]): Check[] {
  const missed = sum(controls.map((control) => control.missed.length))
  const wanted = sum(controls.map((control) => control.wanted))
  const name = 'secrets put somewhere to try the search, not found'
  return controls.length === 0 ? [] : [{ name, ok: missed === 0, value: missed, goal: `0 of ${wanted}` }]
}

/** For people: what was looked for, and in how much. */
export function describeSearch(results: readonly CaseResult[]): string {
  const searched = results.flatMap((result) => result.searched ?? [])
  const kinds = new Set(searched.flatMap((one) => one.kinds))
  const megabytes = (sum(searched.map(({ bytes }) => bytes)) / 1e6).toFixed(1)
  return `Looked for ${[...kinds].join(', ') || 'no secret'} in ${megabytes} MB that ${searched.length} cases left`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
