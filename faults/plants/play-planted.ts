/**
 * A process that plays cases of the matrix on a stage of its own, with one bug in all that is the product's: in the
 * functions of the database, in the processes it starts, and in itself, since `load-planted.ts` came first. Without a
 * plant it is the control. It prints a line of JSON for each case.
 */
import { argv } from 'node:process'
import type { CaseResult } from '../case-result.ts'
import { planCase } from '../runs/plan-case.ts'
import type { Point } from '../runs/rows.ts'
import { runCase } from '../runs/run-case.ts'
import { setStage } from '../runs/stage.ts'
import { plantFunctions } from './plant-functions.ts'
import { plantNamed } from './plants.ts'

export interface Assignment {
  readonly serverUrl: string
  /** Of the database to make. */
  readonly database: string
  /** The name of the plant. */
  readonly plant: string | null
  /** For the processes of the product: what this one was started with. */
  readonly nodeArgs: readonly string[]
  readonly cases: readonly { readonly point: Point; readonly seed: number }[]
}

/** What a line says. */
export type Played = Pick<CaseResult, 'point' | 'seed' | 'isHit' | 'violations' | 'seconds'>

const { serverUrl, database, plant, nodeArgs, cases } = JSON.parse(argv[2] ?? '') as Assignment
// Whoever wanted to know is gone.
process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM')).resume()

await using stage = await setStage(serverUrl, database, {
  nodeArgs,
  ...(plant !== null && { prepareDatabase: (pool) => plantFunctions(pool, plantNamed(plant)) }),
})
for (const { point, seed } of cases) {
  const { isHit, violations, seconds } = await runCase(stage, planCase(point, seed))
  process.stdout.write(`${JSON.stringify({ point, seed, isHit, violations, seconds } satisfies Played)}\n`)
}
process.stdin.destroy()
