/**
 * Whether one tenant's hundred thousand runs, and a hundred tenants that Microsoft Graph throttles, make others wait.
 * The quiet and the noisy ledger take turns, each with a worker of its own, so that the machine is the same for both.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { addWaiting } from './add-waiting.ts'
import { emptyQueue, startNewFor, workOn, type BenchHandler } from './bench-worker.ts'
import type { Ledger } from './ledger-stage.ts'
import { quantilesOf, type Quantiles } from './measure.ts'
import type { Sizes } from './sizes.ts'

/** Milliseconds that runs of other tenants wait, from the call that starts them to their handler. */
export interface FairnessFigures {
  readonly quiet: Quantiles
  readonly noisy: Quantiles
}

/** Tenants by what they do: those whose waiting is measured, those that are throttled, the one with the backlog. */
export const fairnessTenants = { others: 50, throttled: 100, noisy: 1 } as const

export async function measureFairness(quiet: Ledger, noisy: Ledger, sizes: Sizes): Promise<FairnessFigures> {
  const { rounds, probes } = sizes.fairness
  const roles = rolesOf(noisy)
  await addWaiting(noisy, roles.noisy, sizes.backlog)
  for (const tenant of roles.throttled) await addWaiting(noisy, tenant, 5)
  const waits = { quiet: [] as number[], noisy: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    waits.quiet.push(...(await probe(quiet, probes)))
    waits.noisy.push(...(await probe(noisy, probes)))
  }
  await emptyQueue(noisy)
  return { quiet: quantilesOf(waits.quiet), noisy: quantilesOf(waits.noisy) }
}

function rolesOf({ tenants }: Ledger) {
  const { others, throttled } = fairnessTenants
  const noisy = tenants[others + throttled]
  if (noisy === undefined) throw new RangeError('too few tenants')
  return { others: tenants.slice(0, others), throttled: tenants.slice(others, others + throttled), noisy }
}

const workMs = 10
const retryAfterMs = 2_000
const betweenProbesMs = 20
// Until the worker is at its usual work.
const settleMs = 500

/** Starts one run after the other, each of the next of the other tenants, and says how long each waited. */
async function probe(ledger: Ledger, probes: number): Promise<number[]> {
  const roles = rolesOf(ledger)
  const throttled = new Set<string>(roles.throttled.map(({ tenantId }) => tenantId))
  const begun = new Map<RunId, number>()
  const handler: BenchHandler = async (ctx: TenantContext, run) => {
    begun.set(run.runId, performance.now())
    if (throttled.has(ctx.tenantId)) throw new Failure('throttled', 'Microsoft Graph asked to wait', { retryAfterMs })
    await pause(workMs)
    return {}
  }
  await using _worker = workOn(ledger, handler, 16)
  await pause(settleMs)
  const started: { readonly runId: RunId; readonly at: number }[] = []
  for (let n = 0; n < probes; n += 1) {
    const tenant = roles.others[n % roles.others.length] ?? roles.noisy
    const at = performance.now()
    started.push({ runId: (await startNewFor(ledger, tenant)).runId, at })
    await pause(betweenProbesMs)
  }
  while (!started.every(({ runId }) => begun.has(runId))) await pause(workMs)
  return started.map(({ runId, at }) => (begun.get(runId) ?? Number.NaN) - at)
}
