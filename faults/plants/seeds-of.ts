import { planCase } from '../runs/plan-case.ts'
import type { FaultCase } from '../runs/plan-case.ts'
import type { Point } from '../runs/rows.ts'

const last = 1_000

/** The first seeds of a row whose cases are such. @throws RangeError when there are not so many */
export function seedsOf(point: Point, count: number, isSuch: (planned: FaultCase) => boolean): readonly number[] {
  const all = Array.from({ length: last }, (_, index) => index + 1)
  const seeds = all.filter((seed) => isSuch(planCase(point, seed))).slice(0, count)
  if (seeds.length < count) throw new RangeError(`${point} has ${seeds.length} such cases, not ${count}`)
  return seeds
}
