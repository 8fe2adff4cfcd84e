/** Plays cases of the restore matrix: on stages of their own, one after the other. */
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import { spawnProgram, workerProgram } from '#domain/restore/testing-worker-process.ts'
import { bundlePrograms } from '../bundle-programs.ts'
import { tryTheWatch } from '../canaries/try-watch.ts'
import { untilHit, type CaseResult, type Tell, type Tried } from '../case-result.ts'
import { describeCase, planCase } from './plan-case.ts'
import type { FaultCase, Point } from './plan-case.ts'
import { runCase } from './run-case.ts'
import { setStage, type Stage } from './stage.ts'

/** Cases mostly wait for leases to run out: five at a time. */
const stages = 5

export async function playRestore(
  plan: readonly { readonly point: Point; readonly seeds: readonly number[] }[],
  { tell, tried }: { readonly tell: Tell; readonly tried: Tried },
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
    tried(await tryTheWatch({ ...stage, run: (program) => runOn(stage, program) }))
  }
  await Promise.all(Array.from({ length: Math.min(stages, cases.length) }, (_, n) => work(`stage_${n + 1}`)))
  return results
}

async function runOn({ watch }: Stage, program: string): Promise<void> {
  await using worker = await spawnProgram([program], { listener: watch.listen() })
  await worker.exited
}

function played(planned: FaultCase, result: Awaited<ReturnType<typeof runCase>>): CaseResult {
  const { point, seed } = planned
  return { matrix: 'restore', point, seed, what: describeCase(planned), ...result }
}
