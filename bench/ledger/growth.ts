/** What the history costs: the same calls on a small and a large ledger, which take turns call by call. */
import { operationTypes } from '#domain/operations/catalog.ts'
import { claimRuns } from '#domain/operations/claim-runs.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { takeLease } from '#domain/operations/lease.ts'
import type { WorkerId } from '#foundation/kernel/ids.ts'
import { backupSetOf } from './add-history.ts'
import { emptyQueue, startAgain, startNew } from './bench-worker.ts'
import { tenantOf, type Ledger } from './ledger-stage.ts'
import { takeTurns } from './measure.ts'
import type { Sizes } from './sizes.ts'

export const growthCalls = ['hit', 'miss', 're-run after cooldown', 'claim and end'] as const

/** Median milliseconds of one caller on the small and on the large ledger. */
export interface Growth {
  readonly small: number
  readonly large: number
  readonly ratio: number
}

export type GrowthFigures = Readonly<Record<(typeof growthCalls)[number], Growth>>

export async function measureGrowth(small: Ledger, large: Ledger, { turns }: Sizes): Promise<GrowthFigures> {
  const owners = new Map<Ledger, WorkerId>()
  for (const ledger of [small, large]) {
    owners.set(ledger, await takeLease(ledger.database.db, 3_600_000))
    await startAgain(ledger)
  }
  const inTurns = async (call: (ledger: Ledger, n: number) => Promise<unknown>) =>
    growthOf(await takeTurns(turns, [small, large], call))
  const calls = turns.warmUp + turns.n
  const figures = {
    hit: await inTurns(startAgain),
    miss: await inTurns(startNew),
    're-run after cooldown': await inTurns((ledger, n) => startOver(ledger, n, calls)),
    'claim and end': await inTurns((ledger) => claimAndEndOne(ledger, owners.get(ledger))),
  }
  for (const ledger of [small, large]) await emptyQueue(ledger)
  return figures
}

function growthOf([small = Number.NaN, large = Number.NaN]: readonly number[]): Growth {
  return { small, large, ratio: large / small }
}

/** Runs again what ran long ago and had a cooldown, spread evenly over the whole history. */
async function startOver(ledger: Ledger, turn: number, turns: number): Promise<void> {
  const n = 2 * Math.floor(((turn + 1) * ledger.history) / 2 / (turns + 1))
  const start = { type: 'backup.verify', input: { backupSetId: backupSetOf(n) }, trigger: 'user' } as const
  const { disposition } = await startRun(ledger.database.db, tenantOf(ledger, n), start)
  if (disposition !== 'created') throw new Error(`a run whose cooldown is over was ${disposition}`)
}

async function claimAndEndOne({ database }: Ledger, owner: WorkerId | undefined): Promise<void> {
  if (owner === undefined) throw new TypeError('a ledger without a worker')
  const order = { owner, types: operationTypes, free: 1, freeForScheduled: 1, after: null }
  const { claims } = await claimRuns(database.db, order)
  const [claim] = claims
  if (claim === undefined) throw new Error('nothing to claim')
  await endRun(database.db, claim, { kind: 'finish', verdict: 'returned', result: {} }, new AbortController().signal)
}
