/**
 * npm run faults:prove -- [--plants a,b] [--json]: does the matrix bite? Each bug of plants/ is planted, one at a time, and
 * the rows it concerns must turn red by the invariants it breaks; without it the same rows must be green (README.md).
 */
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import { reportVerdict } from '../tools/check.ts'
import { doubtsAbout } from './plants/judge-plant.ts'
import type { Trial } from './plants/judge-plant.ts'
import type { Plant } from './plants/plant.ts'
import { readProveOptions, usage } from './plants/prove-options.ts'
import type { ProveOptions } from './plants/prove-options.ts'
import { checksOf, describeDoubts, tableOfTrials } from './plants/prove-report.ts'
import { tryPlant } from './plants/try-plant.ts'
import { runProgram } from './run-program.ts'

/** Cases mostly wait for leases to run out. */
const atOnce = 3

async function tryAll(plants: readonly Plant[]): Promise<Trial[]> {
  await using postgres = await startTemporaryPostgres({ max_connections: '300' })
  const trials: Trial[] = []
  // The control first: it takes longest.
  const waiting = [null, ...plants].entries()
  const work = async () => {
    for (const [place, plant] of waiting) {
      const trial = await tryPlant(plant, { serverUrl: postgres.url, database: `planted_${place}`, plants })
      trials[place] = trial
      tell(trial)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return trials
}

function tell(trial: Trial): void {
  const { plant, seconds } = trial
  if (doubtsAbout(trial).length > 0) console.log(describeDoubts(trial))
  else console.log(`${plant === null ? 'green without a bug' : `found: ${plant.bug}`}, ${seconds.toFixed(1)} s`)
}

async function main({ plants, json }: ProveOptions): Promise<void> {
  const began = performance.now()
  const trials = await tryAll(plants)
  console.log(`\n${tableOfTrials(trials)}`)
  for (const trial of trials.filter((one) => doubtsAbout(one).length > 0)) console.log(`\n${describeDoubts(trial)}`)
  const seconds = Math.round((performance.now() - began) / 1_000)
  reportVerdict(checksOf(trials), {
    json,
    also: { seconds, trials: trials.map(({ plant, played }) => ({ plant: plant?.name ?? null, played })) },
  })
}

await runProgram({ read: readProveOptions, usage, main })
