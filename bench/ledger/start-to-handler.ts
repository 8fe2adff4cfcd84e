import { setTimeout as pause } from 'node:timers/promises'
import { startNew, untilEmpty, workOn } from './bench-worker.ts'
import type { Ledger } from './ledger-stage.ts'
import { quantilesOf, type Quantiles } from './measure.ts'
import type { Sizes } from './sizes.ts'

const warmUp = 50

/** Milliseconds from the call that starts a run to the first line of its handler, the worker being idle before. */
export async function measureStartToHandler(ledger: Ledger, { idleStarts }: Sizes): Promise<Quantiles> {
  const times: number[] = []
  let begun = Promise.withResolvers<number>()
  await using _worker = workOn(ledger, () => (begun.resolve(performance.now()), {}), 8)
  for (let n = 0; n < warmUp + idleStarts; n += 1) {
    begun = Promise.withResolvers()
    const beganAt = performance.now()
    await startNew(ledger, n)
    times.push((await begun.promise) - beganAt)
    // Longer than notifications are held together, so that each finds an idle worker.
    await pause(30 + (n % 10))
  }
  await untilEmpty(ledger)
  return quantilesOf(times.slice(warmUp))
}
