/** Plays cases of the restore matrix: on stages of their own, one after the other. */
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import { workerProgram } from '#domain/restore/testing-worker-process.ts'
import { bundlePrograms } from '../bundle-programs.ts'
import { untilHit, type CaseResult, type Tell } from '../case-result.ts'
import { describeCase, planCase } from './plan-case.ts'
import type { FaultCase, Point } from './plan-case.ts'
import { runCase } from './run-case.ts'
import { setStage } from './stage.ts'

/** Cases mostly wait for leases to run out: five at a time. */
const stages = 5

export async function playRestore(
  plan: readonly { readonly point: Point; readonly seeds: readonly number[] }[],
  tell: Tell,
): Promise<CaseResult[]> {
  const cases = plan.flatMap(({ point, seeds }) => seeds.map((seed) => planCase(point, seed)))
  if (cases.length === 0) return []
  await using bundle = await bundlePrograms({ worker: workerProgram })
  await using postgres = await startTemporaryPostgres({ max_connections: '200' })
  const waiting = [...cases]
  const results: CaseResult[] = []
  const work = async (name: string) => {
    await using stage = await setStage(postgres.url, name, bundle.programs.worker)
    for (let planned = waiting.shift(); planned !== undefined; planned = waiting.shift()) {
      const result = await untilHit(async () => played(planned, await runCase(stage, planned)))
      results.push(result)
      tell(result)
    }
  }
  await Promise.all(Array.from({ length: Math.min(stages, cases.length) }, (_, n) => work(`stage_${n + 1}`)))
  return results
}

function played(planned: FaultCase, { isHit, violations, seconds }: Awaited<ReturnType<typeof runCase>>): CaseResult {
  const { point, seed } = planned
  return { matrix: 'restore', point, seed, what: describeCase(planned), isHit, violations, seconds }
}
