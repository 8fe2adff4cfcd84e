/** Plays cases of the run ledger's matrix: several at a time, each stage with a database of its own on one server. */
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import { bundlePrograms } from '../bundle-programs.ts'
import { tryTheWatch } from '../canaries/try-watch.ts'
import { untilHit, type CaseResult, type Tell, type Tried } from '../case-result.ts'
import { leastSeeds } from '../options.ts'
import { planCase } from './plan-case.ts'
import type { FaultCase } from './plan-case.ts'
import { rows } from './rows.ts'
import type { Point } from './rows.ts'
import { runCase, runCaseApart } from './run-case.ts'
import { programs, setStage } from './stage.ts'
import type { Stage, StageChange } from './stage.ts'

export interface RunPlays {
  readonly plan: readonly { readonly point: Point; readonly seeds: readonly number[] }[]
  readonly tell: Tell
  readonly tried: Tried
  /** Cases mostly wait for leases to run out: so many are played at the same time. */
  readonly atOnce: number
  /** After so long only the first seeds of each point are begun. */
  readonly withinMs?: number
}

/** The first seed of each point comes first, then the second of each. */
export async function playRuns({ plan, tell, tried, atOnce, withinMs = Infinity }: RunPlays): Promise<CaseResult[]> {
  await using bundle = await bundlePrograms(programs)
  const timeUp = performance.now() + withinMs
  const how = {
    change: { programs: bundle.programs },
    tell,
    tried,
    isLeftOut: ({ seed }: FaultCase) => seed > leastSeeds && performance.now() > timeUp,
  }
  const cases = plan.flatMap(({ point, seeds }) => seeds.map((seed) => planCase(point, seed)))
  const kinds = Map.groupBy(
    cases.toSorted((a, b) => a.seed - b.seed),
    ({ point }) => rows[point].apart ?? 'stage',
  )
  // First, and by themselves: how soon a server that is back is used again is judged, and must not wait for other cases.
  const crashed = await playCrashes(kinds.get('server') ?? [], how)
  const played = await Promise.all([
    playOnStages(kinds.get('stage') ?? [], { count: atOnce, ...how }),
    playApart(kinds.get('database') ?? [], how),
  ])
  return [...crashed, ...played.flat()]
}

/** Two servers go down and come back at a time: whoever waits for one leaves the machine to the other. */
async function playCrashes(cases: readonly FaultCase[], how: Omit<Stages, 'count'>): Promise<CaseResult[]> {
  const halves = [0, 1].map((half) => cases.filter((_, index) => index % 2 === half))
  return (await Promise.all(halves.map((half) => playOnStages(half, { count: 1, ...how })))).flat()
}

async function playApart(
  cases: readonly FaultCase[],
  { tell, change }: Pick<Stages, 'tell' | 'change'>,
): Promise<CaseResult[]> {
  if (cases.length === 0) return []
  await using postgres = await startTemporaryPostgres({ max_connections: '100' })
  const results: CaseResult[] = []
  for (const planned of cases) {
    const result = await runCaseApart(postgres.url, planned, change)
    results.push(result)
    tell(result)
  }
  return results
}

interface Stages {
  readonly count: number
  readonly tell: Tell
  readonly tried: Tried
  readonly change: StageChange
  /** Asked when a case is about to begin. */
  readonly isLeftOut: (planned: FaultCase) => boolean
}

async function playOnStages(
  cases: readonly FaultCase[],
  { count, tell, tried, change, isLeftOut }: Stages,
): Promise<CaseResult[]> {
  if (cases.length === 0) return []
  await using postgres = await startTemporaryPostgres({ max_connections: '500' })
  const waiting = [...cases]
  const results: CaseResult[] = []
  const work = async (name: string) => {
    await using stage = await setStage(postgres.url, name, change)
    for (let planned = waiting.shift(); planned !== undefined; planned = waiting.shift()) {
      if (isLeftOut(planned)) continue
      const result = await untilHit(() => runCase(stage, planned))
      results.push(result)
      tell(result)
    }
    tried(await tryTheWatch({ ...stage, run: (file) => runOn(stage, file) }))
  }
  await Promise.all(Array.from({ length: Math.min(count, cases.length) }, (_, n) => work(`stage_${n + 1}`)))
  return results
}

async function runOn(stage: Stage, file: string): Promise<void> {
  await using program = await stage.spawn(file, null)
  await program.ended()
}
