/** Whether the matrix found a planted bug: a pure decision over what its cases showed. */
import type { Point } from '../runs/rows.ts'
import type { Invariant } from '../violation.ts'
import type { Plant, Reddened } from './plant.ts'
import type { Played } from './play-planted.ts'
import { seedsOf } from './seeds-of.ts'

/** The cases of a plant, or without one those of all, and what they showed. */
export interface Trial {
  /** Null: the control. */
  readonly plant: Plant | null
  readonly played: readonly Played[]
  /** Why the bug could not be planted, or its cases not be played. */
  readonly problem?: string
  readonly seconds: number
}

/** Next to nothing happens in this one: with a bug that an honest person could have written, the product still works. */
const undisturbed: CaseOf = {
  point: 'blocked',
  seed: seedsOf('blocked', 1, ({ blow }) => blow.kind === 'blocked' && blow.ms < 1_000)[0] ?? 0,
}

/** Why a trial proves nothing, one sentence each; none when the bug was found, or the control is green. */
export function doubtsAbout({ plant, played, problem }: Trial): string[] {
  if (problem !== undefined) return [problem]
  if (plant === null) return played.flatMap((one) => notGreen(one))
  const works = played.filter(({ point, seed }) => point === undisturbed.point && seed === undisturbed.seed)
  return [
    ...plant.reddens.flatMap((row) => notRed(row, played)),
    ...works.flatMap((one) => notGreen(one, plant.anyway)).map((doubt) => `undisturbed, too: ${doubt}`),
  ]
}

/** `but`: what it may violate. */
function notGreen({ point, seed, isHit, violations }: Played, but: readonly Invariant[] = []): string[] {
  const where = `${point}, seed ${seed}`
  return [
    ...(isHit ? [] : [`${where}: it was not hit`]),
    ...violations
      .filter(({ invariant }) => !but.includes(invariant))
      .map(({ invariant, says }) => `${where}: ${invariant} ${says}`),
  ]
}

function notRed({ point, seeds, violates }: Reddened, played: readonly Played[]): string[] {
  const cases = played.filter((one) => one.point === point && seeds.includes(one.seed))
  if (!cases.some(({ isHit }) => isHit)) return cases.flatMap((one) => notGreen(one))
  const broken = invariantsBroken(cases)
  return violates
    .filter((invariant) => !broken.has(invariant))
    .map((invariant) => `${point}: ${invariant} holds in all of ${cases.length} cases`)
}

/** What these cases violated. One that was not hit, or not played to its end, is red for a reason of its own. */
export function invariantsBroken(played: readonly Played[]): ReadonlySet<Invariant> {
  const hit = played.filter(({ isHit }) => isHit)
  return new Set(hit.flatMap(({ violations }) => violations.map(({ invariant }) => invariant)))
}

export interface CaseOf {
  readonly point: Point
  readonly seed: number
}

/** The cases that try these plants, each once. */
export function casesOf(plants: readonly Plant[]): CaseOf[] {
  const rows = plants.flatMap(({ reddens }) => reddens)
  const all = [undisturbed, ...rows.flatMap(({ point, seeds }) => seeds.map((seed) => ({ point, seed })))]
  return [...new Map(all.map((one) => [`${one.point} ${one.seed}`, one])).values()]
}
