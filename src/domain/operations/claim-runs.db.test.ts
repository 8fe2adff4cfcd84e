import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { LeaseOver, ProtocolTooOld, type Claim } from '#domain/operations/claim.ts'
import { claimRuns, type ClaimOrder } from '#domain/operations/claim-runs.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { ensureRow, ensureRows, type NewRun } from '#domain/operations/ensure-run.store.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { newRunRow } from '#domain/operations/operations-testing.ts'
import { createItemLedger } from '#domain/operations/item-ledger.ts'
import { endLease, renewLease, takeLease } from '#domain/operations/lease.ts'
import { recoverRuns } from '#domain/operations/recover-runs.ts'
import type { Database, OpenDatabase } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId, type WorkerId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'

// Claims look at the whole database: each describe has one of its own, emptied before each test.
const types = ['inventory.sync']
const never = new AbortController().signal

async function givenRuns(db: Database, ctx: TenantContext, n: number, change: Partial<NewRun> = {}): Promise<void> {
  for (let i = 0; i < n; i += 1) {
    await ensureRow(db, newRunRow(ctx, ctx.tenantId, { identity: sha256(newId()), ...change }))
  }
}

async function givenLimit(db: Database, ctx: TenantContext, concurrency: number): Promise<void> {
  const lane = { workspace_id: ctx.workspaceId, lane: ctx.tenantId, concurrency }
  await db.insertInto('lane_controls').values(lane).execute()
}

async function emptyQueue(db: Database): Promise<void> {
  await db.deleteFrom('live_runs').execute()
  await db.deleteFrom('lane_controls').execute()
}

describe('claimRuns()', () => {
  const database = useTestDatabase()

  async function givenTenants(n: number): Promise<TenantContext[]> {
    await emptyQueue(database.owner)
    const [one, two] = await Promise.all([givenWorkspace(database.db), givenWorkspace(database.db)])
    return Promise.all(Array.from({ length: n }, (_, i) => givenTenant(database.db, i % 2 === 0 ? one : two)))
  }

  async function claim(order: Partial<ClaimOrder> = {}): Promise<Claim[]> {
    const owner = order.owner ?? (await takeLease(database.db, 60_000))
    const claimed = await claimRuns(database.db, {
      owner,
      types,
      free: 100,
      freeForScheduled: 100,
      after: null,
      ...order,
    })
    return [...claimed.claims]
  }

  test('claims one run of a tenant at a time by default, over workspaces', async () => {
    const tenants = await givenTenants(3)
    for (const ctx of tenants) await givenRuns(database.db, ctx, 3)
    const claims = await claim()
    expect(claims.map((one) => one.lane).toSorted()).toEqual(tenants.map((ctx) => ctx.tenantId as string).toSorted())
    expect(await claim()).toEqual([])
  })

  test('claims the next run of a tenant when the one before has ended', async () => {
    const [ctx] = await givenTenants(1)
    if (ctx === undefined) throw new Error('one tenant')
    await givenRuns(database.db, ctx, 2)
    const [first] = await claim()
    if (first === undefined) throw new Error('one claim')
    await endRun(database.db, first, { kind: 'finish', verdict: 'returned', result: {} }, never)
    const [second] = await claim()
    expect(second?.runId).not.toBe(first.runId)
    expect(second?.attempt).toBe(1)
  })

  test('gives the tenant with the fewest running runs the next slot', async () => {
    const [noisy, quiet] = await givenTenants(2)
    if (noisy === undefined || quiet === undefined) throw new Error('two tenants')
    await givenLimit(database.owner, noisy, 100)
    await givenRuns(database.db, noisy, 40)
    expect(await claim({ free: 4 })).toHaveLength(4)
    await givenRuns(database.db, quiet, 1)
    expect((await claim({ free: 1 })).map((one) => one.lane)).toEqual([quiet.tenantId])
  })

  test('shares free slots evenly between tenants that have many runs', async () => {
    const tenants = await givenTenants(3)
    for (const ctx of tenants) {
      await givenLimit(database.owner, ctx, 100)
      await givenRuns(database.db, ctx, 10)
    }
    const claims = await claim({ free: 9 })
    for (const ctx of tenants) expect(claims.filter((one) => one.lane === ctx.tenantId)).toHaveLength(3)
  })

  test('leaves no lane out when there are more lanes than slots: the circle goes on after the last claim', async () => {
    const tenants = await givenTenants(5)
    for (const ctx of tenants) await givenRuns(database.db, ctx, 1)
    const visited = new Set<string>()
    let after: ClaimOrder['after'] = null
    for (let visit = 0; visit < 5; visit += 1) {
      const [one] = await claim({ free: 1, after })
      if (one === undefined) throw new Error('nothing to claim')
      visited.add(one.lane)
      after = { workspaceId: one.ctx.workspaceId, lane: one.lane }
    }
    expect(visited.size).toBe(5)
  })

  test('looks behind more lanes than one pass takes', async () => {
    const tenants = await givenTenants(300)
    const last = tenants
      .toSorted((a, b) => `${a.workspaceId}${a.tenantId}`.localeCompare(`${b.workspaceId}${b.tenantId}`))
      .at(-1)
    await Promise.all(tenants.filter((ctx) => ctx !== last).map((ctx) => givenRuns(database.db, ctx, 1)))
    await database.owner
      .updateTable('live_runs')
      .set({ run_at: new Date('2100-01-01') })
      .execute()
    if (last === undefined) throw new Error('no tenant')
    await givenRuns(database.db, last, 1)
    expect((await claim()).map((one) => one.lane)).toEqual([last.tenantId])
    await emptyQueue(database.owner)
    await Promise.all(tenants.map((ctx) => givenRuns(database.db, ctx, 1)))
    const middle = tenants[150]
    if (middle === undefined) throw new Error('no tenant')
    const claims = await claim({
      free: 1_000,
      freeForScheduled: 1_000,
      after: { workspaceId: middle.workspaceId, lane: middle.tenantId },
    })
    expect(new Set(claims.map((one) => one.lane)).size).toBe(300)
  })

  test('takes runs somebody waits for first, and lets scheduled ones have only their share', async () => {
    const tenants = await givenTenants(4)
    for (const ctx of tenants) await givenRuns(database.db, ctx, 1, { priority: 'scheduled' })
    const [first] = tenants
    if (first === undefined) throw new Error('a tenant')
    await givenRuns(database.db, first, 1, { priority: 'interactive' })
    const claims = await claim({ free: 4, freeForScheduled: 2 })
    expect(claims.map((one) => one.priority)).toEqual(['interactive', 'scheduled', 'scheduled'])
    expect(claims[0]?.lane).toBe(first.tenantId)
    expect(new Set(claims.map((one) => one.lane)).size).toBe(3)
  })

  test('leaves runs of the future, of paused and of blocked lanes, and of types without a handler', async () => {
    const [future, paused, blocked, foreign, none] = await givenTenants(5)
    if (!future || !paused || !blocked || !foreign || !none) throw new Error('five tenants')
    for (const ctx of [future, paused, blocked, none]) await givenRuns(database.db, ctx, 1)
    await givenRuns(database.db, foreign, 1, { type: 'drift.detect' })
    await database.owner
      .updateTable('live_runs')
      .set({ run_at: new Date('2100-01-01') })
      .where('lane', '=', future.tenantId)
      .execute()
    const lane = (ctx: TenantContext) => ({ workspace_id: ctx.workspaceId, lane: ctx.tenantId })
    await database.owner
      .insertInto('lane_controls')
      .values({ ...lane(paused), paused: true })
      .execute()
    await database.owner
      .insertInto('lane_controls')
      .values({ ...lane(blocked), blocked_until: new Date('2100-01-01') })
      .execute()
    await givenLimit(database.owner, none, 0)
    expect(await claim()).toEqual([])
  })

  test('refuses a worker whose lease is over', async () => {
    const [ctx] = await givenTenants(1)
    if (ctx === undefined) throw new Error('a tenant')
    await givenRuns(database.db, ctx, 1)
    const ended = await takeLease(database.db, 60_000)
    await endLease(database.db, ended)
    await expect(claim({ owner: ended })).rejects.toThrow(LeaseOver)
    const expired = await takeLease(database.db, -1)
    await expect(claim({ owner: expired })).rejects.toThrow(LeaseOver)
    expect(await claim()).toHaveLength(1)
  })

  test('drops a live row whose run has ended: a redelivery changes nothing and is claimed by nobody', async () => {
    const [ctx] = await givenTenants(1)
    if (ctx === undefined) throw new Error('a tenant')
    await givenRuns(database.db, ctx, 1)
    const [first] = await claim()
    if (first === undefined) throw new Error('a claim')
    const live = database.owner.selectFrom('live_runs').selectAll().where('run_id', '=', first.runId)
    const row = await live.executeTakeFirstOrThrow()
    await endRun(database.db, first, { kind: 'finish', verdict: 'returned', result: {} }, never)
    const ended = await getRun(database.db, ctx, first.runId)
    const again = { ...row, leased: false, lease_owner: null, deadline_at: null, progress: null, last_failure: null }
    await database.owner
      .insertInto('live_runs')
      .values({ ...again, attempt_log: '[]' })
      .execute()
    const order = { owner: await takeLease(database.db, 60_000), types, free: 5, freeForScheduled: 5, after: null }
    expect(await claimRuns(database.db, order)).toEqual({ claims: [], redelivered: [first.runId] })
    expect(await live.execute()).toEqual([])
    expect(await getRun(database.db, ctx, first.runId)).toEqual(ended)
    expect(await claimRuns(database.db, order)).toEqual({ claims: [], redelivered: [] })
  })

  test('refuses a worker of an older program than the one that migrated the database', async () => {
    const [ctx] = await givenTenants(1)
    if (ctx === undefined) throw new Error('a tenant')
    await givenRuns(database.db, ctx, 1)
    const owner = await takeLease(database.db, 60_000)
    await database.owner.updateTable('workers').set({ protocol: 1 }).where('id', '=', owner).execute()
    await expect(claim({ owner })).rejects.toThrow(ProtocolTooOld)
    expect(await claim()).toHaveLength(1)
  })

  test('skips a run that somebody else holds, without waiting', async () => {
    const [ctx] = await givenTenants(1)
    if (ctx === undefined) throw new Error('a tenant')
    await givenRuns(database.db, ctx, 1)
    await database.owner.transaction().execute(async (tx) => {
      await tx.selectFrom('live_runs').selectAll().forUpdate().execute()
      expect(await claim()).toEqual([])
    })
    expect(await claim()).toHaveLength(1)
  })
})

describe('claimRuns() by 8 workers at once', () => {
  const database = useTestDatabase()

  test('keeps the limit of a lane strictly, and claims every run once', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const limit = 3
    const runs = 240
    await givenLimit(database.owner, ctx, limit)
    await givenRuns(database.db, ctx, runs / 2, { priority: 'interactive' })
    await givenRuns(database.db, ctx, runs / 2, { priority: 'scheduled' })
    const pools = Array.from({ length: 8 }, () => database.openAnother({ poolSize: 2 }))
    const claimed: Claim[] = []
    let isOver = false
    const watching = watchMostLeased(database.pool, () => isOver)
    await Promise.all(pools.map((pool) => claimAndEnd(pool, claimed, runs)))
    isOver = true
    await Promise.all(pools.map((pool) => pool.close()))
    expect(claimed).toHaveLength(runs)
    expect(new Set(claimed.map((one) => one.runId)).size).toBe(runs)
    const { most, looks } = await watching
    expect(most).toBe(limit)
    expect(looks).toBeGreaterThan(20)
  })

  async function claimAndEnd({ db }: OpenDatabase, claimed: Claim[], runs: number): Promise<void> {
    const owner: WorkerId = await takeLease(db, 600_000)
    while (claimed.length < runs) {
      const { claims } = await claimRuns(db, { owner, types, free: 2, freeForScheduled: 2, after: null })
      claimed.push(...claims)
      for (const one of claims) await endRun(db, one, { kind: 'finish', verdict: 'returned', result: {} }, never)
    }
  }

  async function watchMostLeased(pool: pg.Pool, isOver: () => boolean): Promise<{ most: number; looks: number }> {
    let [most, looks] = [0, 0]
    while (!isOver()) {
      const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from live_runs where leased')
      most = Math.max(most, rows[0]?.n ?? 0)
      looks += 1
    }
    return { most, looks }
  }
})

describe('the plans of the ledger', () => {
  const database = useTestDatabase()
  const ready = 100_000

  /*
   * What a plan costs is the pages it touches, whatever it is called: a scan of an index can be as long as one of the
   * table. So pages are counted, in a session that made its plans while the tables were empty, with statistics that
   * never heard of the rows that came since.
   */
  test('touch a handful of pages each with 100,000 ready runs and stale statistics', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    await using one = database.openAnother({ poolSize: 1 })
    for (const table of ['live_runs', 'operation_runs', 'run_items', 'audit_entries']) {
      await database.pool.query(`alter table ${table} set (autovacuum_enabled = false); analyze ${table}`)
    }
    const owner = await takeLease(one.db, 600_000)
    for (let i = 0; i < 8; i += 1) await wholeLife(one.db, ctx, owner)
    await fillQueue(database.pool, ctx)
    // The first life after the burst also tidies pages that the burst filled.
    await wholeLife(one.db, ctx, owner)
    const lives = 5
    const touched = await pagesTouched(one.pool, async () => {
      for (let i = 0; i < lives; i += 1) await wholeLife(one.db, ctx, owner)
    })
    expect(touched / lives).toBeGreaterThan(20)
    expect(touched / lives).toBeLessThan(400)
    // The measure sees a long scan, of an index too.
    await one.pool.query('set enable_seqscan = off')
    const scanned = await pagesTouched(one.pool, () =>
      inWorkspace(one.db, ctx, (tx) =>
        tx.selectFrom('live_runs').select('run_id').where('workspace_id', '=', ctx.workspaceId).execute(),
      ),
    )
    expect(scanned).toBeGreaterThan(400)
  })

  test('of finding candidates use the ready index and scan no table', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const lanes = `select * from waiting_lanes(1::smallint, '${newId()}', '${newId()}', 128)`
    const runs = `select * from startable_runs('{inventory.sync}', 1::smallint, array['${ctx.workspaceId}']::uuid[],
      array['${ctx.tenantId}']::uuid[], 8, '2030-01-01')`
    await using one = database.openAnother({ poolSize: 1, role: 'login' })
    await one.pool.query('set enable_seqscan = off')
    for (const query of [lanes, runs]) {
      const plan = await explain(one.pool, query)
      expect(plan).toContain('live_runs_ready')
      expect(plan).not.toMatch(/Seq Scan/)
    }
    expect(await explain(one.pool, 'select count(progress) from live_runs')).toMatch(/Seq Scan on live_runs/)
  })

  /** Everything that happens to a run and its worker, once. */
  async function wholeLife(db: Database, ctx: TenantContext, owner: WorkerId): Promise<void> {
    const row = newRunRow(ctx, ctx.tenantId, { identity: sha256(newId()), priority: 'interactive' })
    expect((await ensureRow(db, row)).disposition).toBe('created')
    expect((await ensureRow(db, { ...row, runId: newId() })).disposition).toBe('active')
    await ensureRows(db, { ...row, identity: sha256(newId()), priority: 'scheduled' }, [
      { tenantId: ctx.tenantId, delayMs: 0 },
    ])
    const {
      claims: [claim],
    } = await claimRuns(db, { owner, types, free: 1, freeForScheduled: 0, after: null })
    if (claim === undefined) throw new Error('nothing to claim')
    const items = createItemLedger({ db, log: createLog({ level: 'silent', pretty: false }) }, claim)
    await items.plan([{ key: 'a' }])
    await items.record([{ key: 'a', outcome: 'succeeded' }])
    await renewLease(db, owner, 600_000)
    await recoverRuns({ db, log: createLog({ level: 'silent', pretty: false }) }, never)
    await endRun(db, claim, { kind: 'finish', verdict: 'returned', result: {} }, never)
  }

  async function fillQueue(pool: pg.Pool, ctx: TenantContext): Promise<void> {
    await pool.query(
      `with runs as (
         insert into operation_runs (workspace_id, id, tenant_id, type, identity, initiator_name, trigger)
         select $1, gen_random_uuid(), $2, 'inventory.sync', sha256(n::text::bytea), 'test', 'system'
         from generate_series(1, $3::int) n returning workspace_id, id)
       insert into live_runs (workspace_id, run_id, type, lane, priority, run_at, max_attempts, time_limit)
       select workspace_id, id, 'inventory.sync', $2, 1, clock_timestamp(), 3, '1 hour' from runs`,
      [ctx.workspaceId, ctx.tenantId, ready],
    )
  }

  /** Pages of the ledger's tables and their indexes that `work` touched in this session. */
  async function pagesTouched(pool: pg.Pool, work: () => Promise<unknown>): Promise<number> {
    const before = await pagesSoFar(pool)
    await work()
    return (await pagesSoFar(pool)) - before
  }

  async function pagesSoFar(pool: pg.Pool): Promise<number> {
    await pool.query('select pg_stat_force_next_flush()')
    const { rows } = await pool.query<{ n: number }>(
      `select sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::int as n from pg_statio_user_tables
       where relname in ('live_runs', 'operation_runs', 'run_items', 'audit_entries', 'workers', 'lane_controls')`,
    )
    return rows[0]?.n ?? Number.NaN
  }

  async function explain(pool: pg.Pool, query: string): Promise<string> {
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain ${query}`)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
})
