/** Which faults there are, and how a point and a seed become one case: the same one, each time. */
import { createRandom } from '../../simulator/faults/random.ts'
import type { Blow } from './blow.ts'
import { points, rows } from './rows.ts'
import type { Point } from './rows.ts'
import { drawScene } from './scene.ts'
import type { Scene } from './scene.ts'

export interface FaultCase {
  readonly point: Point
  readonly seed: number
  readonly scene: Scene
  readonly blow: Blow
}

/** A number from 0 to below `choices`. */
export type Draw = (choices: number) => number

export function planCase(point: Point, seed: number): FaultCase {
  const random = createRandom(points.indexOf(point) * 1_000_003 + seed)
  const draw: Draw = (choices) => Math.floor(random() * choices)
  const { scene: plan, blow } = rows[point]
  const scene = drawScene(draw, plan)
  return { point, seed, scene, blow: blow(draw, scene, seed) }
}
