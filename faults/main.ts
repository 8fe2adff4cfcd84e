/**
 * npm run faults -- [--points a,b] [--seeds N | --seed n] [--json]: worker processes are killed at every failpoint of a
 * restore and of the run ledger, and others finish their work; what must always hold is checked after each (README.md).
 */
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import { reportVerdict } from '../tools/check.ts'
import { readOptions, usage } from './options.ts'
import type { FaultOptions } from './options.ts'
import { describeCase, planCase } from './plan-case.ts'
import type { FaultCase } from './plan-case.ts'
import { checksOf, describeFailure, isSound, tableOfPoints } from './report.ts'
import { runCase } from './run-case.ts'
import type { CaseResult } from './run-case.ts'
import { setStage } from './stage.ts'

/** Cases mostly wait for leases to run out: two at a time on stages of their own. */
const stages = 2

async function runAll(cases: readonly FaultCase[]): Promise<CaseResult[]> {
  await using postgres = await startTemporaryPostgres({ max_connections: '100' })
  const waiting = [...cases]
  const results: CaseResult[] = []
  const work = async (name: string) => {
    await using stage = await setStage(postgres.url, name)
    for (let planned = waiting.shift(); planned !== undefined; planned = waiting.shift()) {
      const result = await runCase(stage, planned)
      results.push(result)
      tell(result, `${results.length}/${cases.length}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(stages, cases.length) }, (_, n) => work(`stage_${n + 1}`)))
  return results
}

function tell(result: CaseResult, place: string): void {
  const { planned, seconds } = result
  if (isSound(result)) console.log(`${place} seed ${planned.seed}: ${describeCase(planned)}, ${seconds.toFixed(1)} s`)
  else console.log(`${place} ${describeFailure(result)}`)
}

async function main({ points, seeds, json }: FaultOptions): Promise<void> {
  const began = performance.now()
  const results = await runAll(points.flatMap((point) => seeds.map((seed) => planCase(point, seed))))
  const inOrder = results.toSorted((a, b) => points.indexOf(a.planned.point) - points.indexOf(b.planned.point))
  console.log(`\n${tableOfPoints(inOrder)}`)
  for (const failed of results.filter((result) => !isSound(result))) console.log(`\n${describeFailure(failed)}`)
  const seconds = Math.round((performance.now() - began) / 1_000)
  console.log(`\n${results.length} cases in ${seconds} s`)
  reportVerdict(checksOf(results, points), {
    json,
    also: { seconds, failed: results.filter((one) => !isSound(one)).map(failureOf) },
  })
}

function failureOf({ planned: { point, seed }, isHit, violations }: CaseResult) {
  return { point, seed, isHit, violations }
}

function options(): FaultOptions | undefined {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    console.error(`${error.message}\n${usage}`)
    process.exitCode = 2
    return undefined
  }
}

const chosen = options()
if (chosen !== undefined) await main(chosen)
