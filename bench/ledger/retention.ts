/** Whether deleting a million old runs makes those wait who start something meanwhile. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Handlers } from '#domain/operations/handlers.ts'
import { oldDays } from './add-history.ts'
import { startNew, untilEmpty, workOn } from './bench-worker.ts'
import type { Ledger } from './ledger-stage.ts'
import { millisecondsOf, quantilesOf, type Quantiles } from './measure.ts'
import { say } from './say.ts'
import type { Sizes } from './sizes.ts'

export interface RetentionFigures {
  readonly deleted: number
  readonly seconds: number
  /** Milliseconds of a start before anything is deleted, and meanwhile. */
  readonly without: Quantiles
  readonly meanwhile: Quantiles
}

/** The product's own retention, as it is run by a worker. */
export interface Pruning {
  readonly handlers: Partial<Handlers>
  /** Deletes what is old; resolves when nothing old is left. */
  run(): Promise<void>
}

export async function measureRetention(ledger: Ledger, pruning: Pruning, sizes: Sizes): Promise<RetentionFigures> {
  await using _worker = workOn(ledger, () => ({}), 8, pruning.handlers)
  await startUntil(ledger, (n) => n === warmUp)
  const without = await startUntil(ledger, (n) => n === sizes.startsWithoutPruning)
  const before = await oldRunsOf(ledger)
  const beganAt = performance.now()
  let isOver = false
  const running = pruning.run().finally(() => (isOver = true))
  const meanwhile = await startUntil(ledger, () => isOver)
  await running
  const seconds = (performance.now() - beganAt) / 1000
  const deleted = before - (await oldRunsOf(ledger))
  await untilEmpty(ledger)
  return { deleted, seconds, without: quantilesOf(without), meanwhile: quantilesOf(meanwhile) }
}

const warmUp = 300
const betweenStartsMs = 3

/** One start after the other, each timed, a moment apart. */
async function startUntil(ledger: Ledger, isOver: (n: number) => boolean): Promise<number[]> {
  const times: number[] = []
  while (!isOver(times.length)) {
    times.push(await millisecondsOf(() => startNew(ledger, times.length)))
    if (times.length % 10_000 === 0) say(`  ${times.length} starts`)
    await pause(betweenStartsMs)
  }
  return times
}

async function oldRunsOf({ owner }: Ledger): Promise<number> {
  const { rows } = await owner.pool.query<{ n: string }>(
    `select count(*)::text as n from operation_runs where created_at < now() - interval '${oldDays} days'`,
  )
  return Number(rows[0]?.n)
}
