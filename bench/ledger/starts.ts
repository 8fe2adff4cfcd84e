import { emptyQueue, startAgain, startNew } from './bench-worker.ts'
import type { Ledger } from './ledger-stage.ts'
import { callsPerSecond } from './measure.ts'
import type { Sizes } from './sizes.ts'

export interface StartFigures {
  /** Starts a second that find the run active. */
  readonly hit: number
  /** Starts a second that create a run. */
  readonly miss: number
}

/** How many starts a second one process gets answered. Hits are asked while the runs of the misses wait. */
export async function measureStarts(ledger: Ledger, sizes: Sizes): Promise<StartFigures> {
  const load = { ...sizes, warmUpMs: 1_000 }
  const miss = await callsPerSecond(load, (n) => startNew(ledger, n))
  const hit = await callsPerSecond(load, () => startAgain(ledger))
  await emptyQueue(ledger)
  return { hit, miss }
}
