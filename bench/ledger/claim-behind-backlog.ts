/** What a claim costs when a hundred thousand runs wait that may not start: their tenants are at their limit. */
import { operationTypes } from '#domain/operations/catalog.ts'
import { claimRuns } from '#domain/operations/claim-runs.ts'
import type { Claim } from '#domain/operations/claim.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { takeLease } from '#domain/operations/lease.ts'
import type { WorkerId } from '#foundation/kernel/ids.ts'
import { addWaiting } from './add-waiting.ts'
import { emptyQueue, startNewFor } from './bench-worker.ts'
import type { Ledger } from './ledger-stage.ts'
import { quantilesOf, type Quantiles } from './measure.ts'
import type { Sizes } from './sizes.ts'

/** Milliseconds of a claim of one run. The lane that may start is the last one of the circle. */
export async function measureClaim(ledger: Ledger, { backlog, claims }: Sizes): Promise<Quantiles> {
  const lanes = ledger.tenants.toSorted((a, b) => (a.tenantId < b.tenantId ? -1 : 1))
  const [busy, free] = [lanes.slice(0, -1), lanes.at(-1)]
  if (free === undefined) throw new RangeError('a ledger without tenants')
  for (const tenant of busy) await addWaiting(ledger, tenant, Math.ceil(backlog / busy.length) + 1)
  const owner = await takeLease(ledger.database.db, 3_600_000)
  await makeBusy(ledger, owner, busy.length)
  const times: number[] = []
  for (let n = 0; n < claims; n += 1) {
    await startNewFor(ledger, free)
    const beganAt = performance.now()
    const [claim] = await claimSome(ledger, owner, 1)
    times.push(performance.now() - beganAt)
    if (claim?.lane !== free.tenantId) throw new Error('a claim took a run of a busy tenant, or none')
    await endRun(ledger.database.db, claim, done, new AbortController().signal)
  }
  await emptyQueue(ledger)
  return quantilesOf(times)
}

const done = { kind: 'finish', verdict: 'returned', result: {} } as const

/** One run of each tenant is running, which is all its lane allows. */
async function makeBusy(ledger: Ledger, owner: WorkerId, tenants: number): Promise<void> {
  const running = await claimSome(ledger, owner, tenants)
  if (running.length !== tenants) throw new Error(`${running.length} of ${tenants} tenants are busy`)
}

async function claimSome({ database }: Ledger, owner: WorkerId, free: number): Promise<readonly Claim[]> {
  const order = { owner, types: operationTypes, free, freeForScheduled: 0, after: null }
  const { claims } = await claimRuns(database.db, order)
  return claims
}
