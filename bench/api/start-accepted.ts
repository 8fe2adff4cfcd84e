import { setTimeout as pause } from 'node:timers/promises'
import { quantilesOf, type Quantiles } from '../ledger/measure.ts'
import type { ApiStage } from './api-stage.ts'
import { ask } from './ask.ts'

export const startsPerSecond = 100

export interface StartAccepted extends Quantiles {
  readonly starts: number
  /** Answered with anything but 202: no run was created. */
  readonly refused: number
}

/**
 * Starts a run a hundredth of a second, whether or not the last one was answered (an open model), each for another backup
 * set, as the next of all members. Counted from when it was due until its answer was read.
 */
export async function measureStarts(stage: ApiStage, { seconds }: { seconds: number }): Promise<StartAccepted> {
  const { at, keys, backups } = stage
  const warmUp = startsPerSecond
  const starts = startsPerSecond * seconds
  const times: number[] = []
  let refused = 0
  const start = async (n: number, dueAt: number) => {
    const key = keys[n % keys.length] ?? ''
    const { status } = await ask('POST', `${at}/backups/${backups[n]}/verify`, key)
    if (n < warmUp) return
    times.push(performance.now() - dueAt)
    if (status !== 202) refused += 1
  }
  const beganAt = performance.now()
  const waiting: Promise<void>[] = []
  for (let n = 0; n < warmUp + starts; n += 1) {
    const dueAt = beganAt + (n * 1_000) / startsPerSecond
    const early = dueAt - performance.now()
    if (early > 0) await pause(early)
    waiting.push(start(n, dueAt))
  }
  await Promise.all(waiting)
  return { ...quantilesOf(times), starts, refused }
}
