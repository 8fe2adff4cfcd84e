import type pg from 'pg'
import { expect, test } from 'vitest'
import { ensureRow } from '#domain/operations/ensure-run.store.ts'
import { newRunRow } from '#domain/operations/operations-testing.ts'
import { takeLease } from '#domain/operations/lease.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId, type WorkerId } from '#foundation/kernel/ids.ts'

/*
 * 32 callers start runs of 4 identities as fast as they can; each run is ended at once and cools down for 150 ms. What
 * happened is read from the rows afterwards. The same callers then use the obvious SQL instead (check the cooldown, then
 * insert on conflict do nothing), which must be found out: a race test that cannot find a race proves nothing.
 */
const database = useTestDatabase()
const callers = 32
const identities = [0, 1, 2, 3].map((n) => sha256(`identity ${n}`))
const cooldown = '150 milliseconds'

/** Starts a run of the identity and ends it at once; resolves to whether it was created. */
type StartAndEnd = (identity: Buffer) => Promise<boolean>

async function race(ms: number, startAndEnd: StartAndEnd): Promise<number> {
  const end = performance.now() + ms
  let calls = 0
  const call = async (caller: number) => {
    while (performance.now() < end) {
      await startAndEnd(identities[(caller + calls) % identities.length] ?? Buffer.alloc(32))
      calls += 1
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  return calls
}

/** What broke the rule, from the rows: runs that began while another of the same identity was active or cooling. */
async function violations(pool: pg.Pool, table: string, ctx: TenantContext) {
  const { rows } = await pool.query<{ runs: number; overlaps: number; early: number }>(
    `select count(*)::int as runs,
       (count(*) filter (where created_at < ended_before))::int as overlaps,
       (count(*) filter (where created_at >= ended_before and created_at < ended_before + $2::interval))::int as early
     from (
       select created_at, max(completed_at) over (partition by identity order by created_at, id
         rows between unbounded preceding and 1 preceding) as ended_before
       from ${table} where tenant_id = $1
     ) runs`,
    [ctx.tenantId, cooldown],
  )
  const found = rows[0]
  if (found === undefined) throw new Error('no answer')
  return found
}

test('ensure_run lets 32 callers make no overlap and break no cooldown', async () => {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  await using racing = database.openAnother({ poolSize: callers })
  const owner = await takeLease(racing.db, 3_600_000)
  const calls = await race(5_000, async (identity) => {
    const row = newRunRow(ctx, ctx.tenantId, { identity })
    if ((await ensureRow(racing.db, row)).disposition !== 'created') return false
    await endAtOnce(database.pool, { workspaceId: ctx.workspaceId, runId: row.runId, owner })
    return true
  })
  const found = await violations(database.pool, 'operation_runs', ctx)
  expect(found).toMatchObject({ overlaps: 0, early: 0 })
  expect(found.runs).toBeGreaterThan(identities.length * 10)
  expect(calls).toBeGreaterThan(found.runs * 10)
  const left = await database.pool.query('select from live_runs where workspace_id = $1', [ctx.workspaceId])
  expect(left.rowCount).toBe(0)
})

test('the naive start, cooldown checked before the insert, is found to break the cooldown', async () => {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  await using racing = database.openAnother({ poolSize: callers, role: 'login' })
  await racing.pool.query(`
      create table naive_runs (id uuid primary key, tenant_id uuid not null, identity bytea not null, outcome text not null,
        created_at timestamptz not null default clock_timestamp(), completed_at timestamptz);
      create unique index on naive_runs (tenant_id, identity) where outcome = 'pending';
      create index on naive_runs (tenant_id, identity, completed_at)`)
  const startNaively: StartAndEnd = async (identity) => {
    const id = newId()
    const { rowCount } = await racing.pool.query(
      `insert into naive_runs (id, tenant_id, identity, outcome)
         select $1, $2, $3, 'pending' where not exists (
           select from naive_runs where tenant_id = $2 and identity = $3 and completed_at > clock_timestamp() - $4::interval)
         on conflict do nothing`,
      [id, ctx.tenantId, identity, cooldown],
    )
    if (rowCount === 0) return false
    await racing.pool.query(
      `update naive_runs set outcome = 'succeeded', completed_at = clock_timestamp() where id = $1`,
      [id],
    )
    return true
  }
  let found = { overlaps: 0, early: 0 }
  for (let rounds = 0; rounds < 10 && found.overlaps + found.early === 0; rounds += 1) {
    await race(1_500, startNaively)
    found = await violations(database.pool, 'naive_runs', ctx)
  }
  expect(found.early + found.overlaps).toBeGreaterThan(0)
})

/** Claims and ends the run in one transaction, so that the race is about starting alone. */
async function endAtOnce(pool: pg.Pool, run: { workspaceId: string; runId: string; owner: WorkerId }): Promise<void> {
  await pool.query(
    `with claimed as (
       update live_runs set leased = true, lease_owner = $3, attempt = 1, started_at = clock_timestamp(), deadline_at = clock_timestamp()
       where workspace_id = $1 and run_id = $2 returning 1)
     select count(*) from claimed`,
    [run.workspaceId, run.runId, run.owner],
  )
  await pool.query(`select finish_run($1, $2, 1, $3, 'returned', null, '[]', '{}', $4::interval, '{succeeded}', $5)`, [
    run.workspaceId,
    run.runId,
    run.owner,
    cooldown,
    newId(),
  ])
}
