import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Claim } from '#domain/operations/claim.ts'
import { StaleClaim } from '#domain/operations/claim.ts'
import { claimRuns } from '#domain/operations/claim-runs.ts'
import type { Ending } from '#domain/operations/decide-ending.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { ensureRow } from '#domain/operations/ensure-run.store.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { newRunRow } from '#domain/operations/operations-testing.ts'
import { createItemLedger } from '#domain/operations/item-ledger.ts'
import { endLease, takeLease } from '#domain/operations/lease.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import type { RunItem } from '#domain/operations/operation.ts'
import { recoverRuns } from '#domain/operations/recover-runs.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createLog } from '#foundation/observability/log.ts'

/*
 * Any interleaving of attempts, crashes and duplicates over one run, against a model that says what may have an effect:
 * only the latest claim, until it is released, lost or finished. At the end the counts are those of the item ledger.
 */
const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })
const never = new AbortController().signal

type Step =
  | { readonly do: 'claim' }
  | { readonly do: 'plan' | 'record'; readonly by: number; readonly key: string; readonly outcome: RunItem['outcome'] }
  | { readonly do: 'retry' | 'hand_back' | 'finish' | 'crash'; readonly by: number }

const by = fc.nat({ max: 4 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('claim' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('plan' as const, 'record' as const),
      by,
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      outcome: fc.constantFrom('succeeded' as const, 'failed' as const, 'skipped' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('retry' as const, 'hand_back' as const, 'crash' as const), by }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('finish' as const), by }) },
)

/** One run, all claims there ever were of it, and what the model says of it. */
interface World {
  readonly ctx: TenantContext
  readonly claims: Claim[]
  readonly items: Map<string, RunItem['outcome'] | 'planned'>
  /** The one claim that may have an effect. */
  current: Claim | undefined
  isEnded: boolean
}

async function expectStep(world: World, one: Step): Promise<void> {
  if (one.do === 'claim') return expectClaim(world)
  const claim = world.claims[one.by % Math.max(1, world.claims.length)]
  if (claim === undefined) return
  if (one.do === 'plan' || one.do === 'record') await expectWrite(world, claim, one)
  else if (one.do === 'crash') await crash(world, claim)
  else await expectEnd(world, claim, one.do)
}

async function expectClaim(world: World): Promise<void> {
  const owner = await takeLease(database.db, 3_600_000)
  const order = { owner, types: ['inventory.sync'], free: 1, freeForScheduled: 1, after: null }
  const {
    claims: [claim],
  } = await claimRuns(database.db, order)
  expect(claim !== undefined).toBe(world.current === undefined && !world.isEnded)
  if (claim === undefined) return
  expect(claim.attempt).toBe(world.claims.length + 1)
  world.claims.push(claim)
  world.current = claim
}

async function expectWrite(world: World, claim: Claim, one: Extract<Step, { key: string }>): Promise<void> {
  const { do: act, key, outcome } = one
  const ledger = createItemLedger({ db: database.db, log }, claim)
  const failure = { code: 'test.failed', reason: 'unknown_error', message: key } as const
  const item = { key, outcome, ...(outcome === 'failed' && { failure }) }
  const written = act === 'plan' ? ledger.plan([{ key }]) : ledger.record([item])
  if (claim !== world.current) return expect(written).rejects.toThrow(StaleClaim)
  await written
  if (act === 'record') world.items.set(key, outcome)
  else if (!world.items.has(key)) world.items.set(key, 'planned')
}

async function expectEnd(world: World, claim: Claim, how: 'retry' | 'hand_back' | 'finish'): Promise<void> {
  const failure = { code: 'test.failed', reason: 'unknown_error', message: 'again', count: 1 } as const
  const endings: Record<typeof how, Ending> = {
    retry: { kind: 'retry', delayMs: 0, failure },
    hand_back: { kind: 'hand_back' },
    finish: { kind: 'finish', verdict: 'returned', result: {} },
  }
  const end = await endRun(database.db, claim, endings[how], never)
  const isCurrent = claim === world.current
  expect(end.state).toBe(!isCurrent ? 'stale' : how === 'finish' ? 'ended' : 'released')
  if (!isCurrent) return
  world.current = undefined
  world.isEnded = how === 'finish'
}

/** The process behind the claim dies; somebody notices. */
async function crash(world: World, claim: Claim): Promise<void> {
  await endLease(database.db, claim.owner)
  await recoverRuns({ db: database.db, log }, never)
  if (claim === world.current) world.current = undefined
}

async function expectLedgerOf(world: World): Promise<void> {
  if (world.current === undefined && !world.isEnded) await expectClaim(world)
  if (world.current !== undefined) await expectEnd(world, world.current, 'finish')
  const [first] = world.claims
  if (first === undefined) throw new Error('the run was never claimed')
  const run = await getRun(database.db, world.ctx, first.runId)
  const { items } = await listRunItems(database.db, world.ctx, run.id)
  expect(new Map(items.map((item) => [item.key, item.outcome]))).toEqual(world.items)
  expect(run).toMatchObject({ status: 'completed', attempts: world.claims.length, counts: countsOf(world) })
  expect(await endEntries(run.id)).toBe(1)
  expect(await outboxRows(run.id)).toBe(0)
  const attempts = world.claims.map((claim) => claim.attempt)
  expect(run.attemptLog.map((one) => one.attempt)).toEqual(attempts.length > 1 ? attempts : [])
}

function countsOf({ items }: World) {
  const outcomes = [...items.values()]
  const count = (outcome: string) => outcomes.filter((one) => one === outcome).length
  const done = { succeeded: count('succeeded'), failed: count('failed'), skipped: count('skipped') }
  return { total: outcomes.length, processed: outcomes.length - count('planned'), ...done }
}

async function endEntries(runId: string): Promise<number> {
  const entries = database.owner.selectFrom('audit_entries').select('id').where('run_id', '=', runId)
  return (await entries.where('action', '=', 'run.completed').execute()).length
}

/** Nobody is told of what the system did by itself. */
async function outboxRows(runId: string): Promise<number> {
  return (await database.owner.selectFrom('outbox').select('id').where('run_id', '=', runId).execute()).length
}

test('any interleaving of attempts, crashes and duplicates leaves counts that are those of the item ledger', async () => {
  const workspace = await givenWorkspace(database.db)
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const ctx = await givenTenant(database.db, workspace)
      await ensureRow(database.db, newRunRow(ctx, ctx.tenantId, { maxAttempts: 1_000 }))
      const world: World = { ctx, claims: [], items: new Map(), current: undefined, isEnded: false }
      for (const one of steps) await expectStep(world, one)
      await expectLedgerOf(world)
    }),
    { numRuns: 150 },
  )
})
