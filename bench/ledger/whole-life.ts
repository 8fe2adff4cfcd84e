/**
 * Runs a second from created to terminal: 16 callers start them while 16 slots of one process do nothing in each. The
 * product and the peers take turns, round by round, each in a database of its own on the same server.
 */
import { startNew, untilEmpty, workOn } from './bench-worker.ts'
import type { Ledger } from './ledger-stage.ts'
import { quantile } from './measure.ts'
import { say } from './say.ts'
import type { Sizes } from './sizes.ts'

export const slots = 16

/** Somebody who starts runs and works on them. */
export interface Contender {
  readonly name: string
  /** Starts what nobody started before. */
  start(n: number): Promise<unknown>
  /** Works until disposed of, and tells of each run when its end is written. */
  work(onEnd: () => void): Promise<AsyncDisposable>
  /** Resolves when everything that began has ended, also in the queue. */
  settled(): Promise<void>
}

export interface WholeLife {
  readonly name: string
  /** Runs a second, one figure per round. */
  readonly rounds: readonly number[]
  readonly perSecond: number
}

export function product(ledger: Ledger): Contender {
  return {
    name: 'TenantAtlas',
    start: (n) => startNew(ledger, n),
    work: async (onEnd) => workOn(ledger, () => (onEnd(), {}), slots),
    settled: () => untilEmpty(ledger),
  }
}

export async function measureWholeLife(contenders: readonly Contender[], sizes: Sizes): Promise<readonly WholeLife[]> {
  const rounds = contenders.map((): number[] => [])
  for (let round = 0; round <= sizes.wholeLife.rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const perSecond = await oneRound(contender, sizes)
      say(`  ${contender.name}: ${Math.round(perSecond)} runs a second${round === 0 ? ', warming up' : ''}`)
      if (round > 0) rounds[index]?.push(perSecond)
    }
  }
  return contenders.map(({ name }, index) => ({
    name,
    rounds: rounds[index] ?? [],
    perSecond: quantile(rounds[index] ?? [], 0.5),
  }))
}

async function oneRound(contender: Contender, { callers, wholeLife: { runs } }: Sizes): Promise<number> {
  let [ended, started] = [0, 0]
  const { promise: allEnded, resolve } = Promise.withResolvers<void>()
  await using _worker = await contender.work(() => {
    ended += 1
    if (ended === runs) resolve()
  })
  const beganAt = performance.now()
  const startSome = async () => {
    while (started < runs) await contender.start((started += 1))
  }
  await Promise.all([allEnded, ...Array.from({ length: callers }, startSome)])
  await contender.settled()
  return runs / ((performance.now() - beganAt) / 1000)
}

/** How many times more runs the first one does than the other: the median of what it was in each round. */
export function timesMore(first: WholeLife, other: WholeLife): number {
  return quantile(
    first.rounds.map((perSecond, round) => perSecond / (other.rounds[round] ?? Number.NaN)),
    0.5,
  )
}
