/** What the ledger's benchmark runs on: a durable PostgreSQL of its own, and databases with so much history. */
import { randomUUID } from 'node:crypto'
import { seed } from '#domain/workspaces/seed.ts'
import { openDatabase } from '#foundation/db/database.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import { migrate } from '#foundation/db/migrate.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createLog } from '#foundation/observability/log.ts'

export const log = createLog({ level: 'error', pretty: true })

export interface Ledger extends AsyncDisposable {
  readonly database: OpenDatabase
  readonly tenants: readonly TenantContext[]
}

const tenantCount = 100

/** A migrated database with 100 tenants and so many runs that ended long ago, each with its item and its audit entry. */
export async function makeLedger(serverUrl: string, name: string, finishedRuns: number): Promise<Ledger> {
  const url = new URL(serverUrl)
  await onServer(serverUrl, `create database ${name}`)
  url.pathname = `/${name}`
  await migrate({ url: url.href })
  const database = openDatabase({ url: url.href, poolSize: 24, applicationName: 'bench', log })
  const { tenants } = await seed(database.db, {
    workspace: { name: 'Bench', slug: 'bench', ownerName: 'Bench' },
    members: [],
    tenants: Array.from({ length: tenantCount }, (_, n) => ({ name: `Tenant ${n}`, entraTenantId: randomUUID() })),
  })
  await addHistory(database, finishedRuns)
  return { database, tenants, [Symbol.asyncDispose]: () => database.close() }
}

async function onServer(url: string, statement: string): Promise<void> {
  await using server = openDatabase({ url, poolSize: 1, applicationName: 'bench', log })
  await server.pool.query(statement)
}

/** Half of them still hold their identity, past its cooldown, as after an ordinary day. */
async function addHistory({ pool }: OpenDatabase, runs: number): Promise<void> {
  const client = await pool.connect()
  try {
    // Foreign keys are not checked row by row: what is inserted is right by construction.
    await client.query('set session_replication_role = replica')
    await client.query(
      `with tenant as (select array_agg(id) as ids, (array_agg(workspace_id))[1] as workspace_id from tenants),
       run as (
         insert into operation_runs (workspace_id, id, tenant_id, type, identity, holds, cooldown_until, outcome, attempts,
           summary_counts, initiator_name, trigger, created_at, started_at, completed_at)
         select t.workspace_id, gen_random_uuid(), t.ids[1 + n % cardinality(t.ids)], 'backup.verify',
           sha256(('history ' || n)::bytea), n % 2 = 0, case when n % 2 = 0 then at + interval '15 minutes' end,
           'succeeded', 1, '{"total": 1, "processed": 1, "succeeded": 1, "failed": 0, "skipped": 0}', 'Bench', 'user', at, at, at
         from tenant t, generate_series(1, $1::int) n, lateral (select now() - interval '1 day' - n * interval '2 seconds' as at) x
         returning workspace_id, id, tenant_id, completed_at
       ), item as (
         insert into run_items (workspace_id, run_id, item_key, outcome, counts, attempt)
         select workspace_id, id, 'all', 'succeeded', '{"total": 1, "processed": 1, "succeeded": 1}', 1 from run
       )
       insert into audit_entries (workspace_id, id, tenant_id, at, actor_kind, actor_name, action, subject_kind, subject_id, run_id, outcome)
       select workspace_id, gen_random_uuid(), tenant_id, completed_at, 'system', 'Bench', 'run.completed', 'run', id::text, id, 'succeeded'
       from run`,
      [runs],
    )
    await client.query('reset session_replication_role')
    await client.query('vacuum (analyze) operation_runs, run_items, audit_entries, live_runs, tenants')
    await client.query('checkpoint')
  } finally {
    client.release()
  }
}
