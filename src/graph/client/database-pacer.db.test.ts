import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createDatabasePacer } from '#graph/client/database-pacer.ts'
import type { Database } from '#foundation/db/database.ts'
import { PacerBlocked } from '#graph/client/pacer.ts'
import type { PacingLimits } from '#graph/client/pacer.ts'
import { createManualClock, noAbort } from '#graph/client/testing.ts'

const database = useTestDatabase()
const limits: PacingLimits = { requestsPerWindow: 1000, writesPerWindow: 100, share: 0.8 }

/** Time of this process stands still, so nothing is refilled in it; the database's does not. */
const givenPacer = (db: Database, ctx: TenantContext, clock = createManualClock()) => ({
  clock,
  pacer: createDatabasePacer({ db, ctx, limits, clock }),
})

const givenCtx = async () => givenTenant(database.db, await givenWorkspace(database.db))

/** Makes a wait impossible to outlast: from here on the budget refills in an hour. */
const freezeBudget = ({ tenantId }: TenantContext, tokens: number, paceClass = 'any') =>
  sql`
    update graph_budgets set tokens = ${tokens}, refilled_at = clock_timestamp() + interval '1 hour'
    where tenant_id = ${tenantId} and class = ${paceClass}
  `.execute(database.owner)

const tokensLeft = async ({ tenantId }: TenantContext, paceClass = 'any') => {
  const { rows } = await sql<{ tokens: number }>`
    select tokens from graph_budgets where tenant_id = ${tenantId} and class = ${paceClass}
  `.execute(database.owner)
  return rows[0]?.tokens
}

describe('createDatabasePacer()', () => {
  test('take() leases a block and spends it without asking again', async () => {
    const ctx = await givenCtx()
    const { pacer } = givenPacer(database.db, ctx)
    await pacer.take('any', 1, noAbort)
    await freezeBudget(ctx, 0)
    for (let request = 0; request < 19; request += 1) await pacer.take('any', 1, noAbort)
    expect(await tokensLeft(ctx)).toBe(0)
  })

  test('a block that was not used in time is forgotten', async () => {
    const ctx = await givenCtx()
    const { pacer, clock } = givenPacer(database.db, ctx)
    await pacer.take('any', 1, noAbort)
    clock.advance(1_001)
    await freezeBudget(ctx, 50)
    await pacer.take('any', 1, noAbort)
    expect(await tokensLeft(ctx)).toBe(30)
  })

  test('two pools together never get more than the budget holds', async () => {
    const ctx = await givenCtx()
    await using other = database.openAnother()
    const one = givenPacer(database.db, ctx)
    const two = givenPacer(other.db, ctx)
    await one.pacer.take('any', 20, noAbort)
    await two.pacer.take('any', 20, noAbort)
    await freezeBudget(ctx, 60)
    const abort = new AbortController()
    let granted = 0
    // The first wait means that the budget is empty: whoever waits stops everybody.
    const stopWhenEmpty = { now: one.clock.now, sleep: async () => abort.abort('empty') }
    const spend = async (db: Database) => {
      const pacer = createDatabasePacer({ db, ctx, limits, clock: stopWhenEmpty })
      for (;;) {
        await pacer.take('any', 1, abort.signal)
        granted += 1
      }
    }
    const ends = await Promise.allSettled([database.db, other.db, database.db, other.db].map(spend))
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected'])
    expect(await tokensLeft(ctx)).toBe(0)
    // What a stopped process still held of its block was never sent.
    expect(granted).toBeLessThanOrEqual(60)
  })

  test('a pause that one process is told of is waited for by another, to the millisecond', async () => {
    const ctx = await givenCtx()
    await using other = database.openAnother()
    const one = givenPacer(database.db, ctx)
    const two = givenPacer(other.db, ctx)
    await one.pacer.block('any', 30_000)
    await one.pacer.block('any', 5)
    const slept: number[] = []
    const abort = new AbortController()
    const clock = {
      now: two.clock.now,
      sleep: async (ms: number) => {
        slept.push(ms)
        abort.abort('seen')
      },
    }
    const waiting = createDatabasePacer({ db: other.db, ctx, limits, clock })
    await expect(waiting.take('write', 1, abort.signal)).rejects.toBe('seen')
    expect(slept[0]).toBeGreaterThan(20_000)
    expect(slept[0]).toBeLessThanOrEqual(30_000)
  })

  test('a pause longer than anybody waits for is given back at once', async () => {
    const ctx = await givenCtx()
    const { pacer, clock } = givenPacer(database.db, ctx)
    await pacer.block('any', 3_600_000)
    await expect(pacer.take('any', 1, noAbort)).rejects.toBeInstanceOf(PacerBlocked)
    expect(clock.slept).toEqual([])
  })

  test('block() of writes lets reads through', async () => {
    const ctx = await givenCtx()
    const { pacer, clock } = givenPacer(database.db, ctx)
    await pacer.block('write', 3_600_000)
    await pacer.take('any', 20, noAbort)
    expect(clock.slept).toEqual([])
    await expect(pacer.take('write', 1, noAbort)).rejects.toBeInstanceOf(PacerBlocked)
  })

  test('a process that is killed takes nothing with it but its block', async () => {
    const ctx = await givenCtx()
    const child = fork(new URL('./lease-a-block.fixture.ts', import.meta.url), [
      database.url,
      ctx.workspaceId,
      ctx.tenantId,
    ])
    await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await freezeBudget(ctx, 40)
    const { pacer, clock } = givenPacer(database.db, ctx)
    await pacer.take('any', 20, noAbort)
    expect(clock.slept).toEqual([])
  })

  test('budgets of two tenants are apart', async () => {
    const workspace = await givenWorkspace(database.db)
    const one = await givenTenant(database.db, workspace)
    const two = await givenTenant(database.db, workspace)
    await givenPacer(database.db, one).pacer.block('any', 3_600_000)
    const { pacer, clock } = givenPacer(database.db, two)
    await pacer.take('any', 1, noAbort)
    expect(clock.slept).toEqual([])
  })
})
