/** Runs that ended long ago, as ordinary days leave them: made by SQL, because millions of starts would take hours. */
import type pg from 'pg'
import { identityOf } from '#domain/operations/identity.ts'
import { releaseIdentities } from '#domain/operations/recover-runs.ts'
import { asId, type BackupSetId } from '#foundation/kernel/ids.ts'
import type { Ledger, LedgerSize } from './ledger-stage.ts'
import { say } from './say.ts'

const chunk = 250_000
/** Nothing that retention keeps by default is older than 80 days here, nothing that it deletes younger than 100. */
export const oldDays = 90

/** The verification of this backup set is the nth run of the history; of an even n it had a cooldown. */
export function backupSetOf(n: number): BackupSetId {
  return asId(`00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`)
}

/**
 * Half of them had a cooldown. A worker releases identities soon after it is over, so those of all but the newest are free
 * when the rows are made, and the product frees those of the newest. The newest ended a day ago; those that retention deletes
 * ended 100 days ago and more, the others less than 80.
 */
export async function addHistory(ledger: Ledger, { history, old = 0 }: LedgerSize): Promise<void> {
  const client = await ledger.owner.pool.connect()
  try {
    // Foreign keys are not checked row by row: what is inserted is right by construction.
    await client.query('set session_replication_role = replica; set synchronous_commit = off')
    await client.query(`set maintenance_work_mem = '512MB'`)
    const holders = await dropHolders(client)
    const tenantIds = ledger.tenants.map(({ tenantId }) => tenantId)
    for (let from = 1; from <= history; from += chunk) {
      const to = Math.min(history, from + chunk - 1)
      await client.query(insertRuns, [tenantIds, from, to, history, old])
      if (history > chunk) say(`  ${ledger.name}: ${to} of ${history} finished runs`)
    }
    await client.query(holders)
    await client.query('reset all')
    await client.query('vacuum (analyze) operation_runs, run_items, audit_entries, live_runs, tenants')
    await client.query('checkpoint')
    await releaseIdentities(ledger.database.db, new AbortController().signal)
    if (history > 1) await requireIdentity(client, history - (history % 2))
  } finally {
    client.release()
  }
}

/** The one index that is not filled in its own order: built when all rows are there. Returns what builds it. */
async function dropHolders(client: pg.PoolClient): Promise<string> {
  const name = 'operation_runs_tenant_holder'
  const { rows } = await client.query<{ definition: string }>(`select pg_get_indexdef($1::regclass) as definition`, [
    name,
  ])
  await client.query(`drop index ${name}`)
  return rows[0]?.definition ?? ''
}

// Numbers, like times, grow from the oldest run to the newest.
const insertRuns = `
  with run as (
    insert into operation_runs (workspace_id, id, tenant_id, type, identity, holds, cooldown_until, outcome, attempts,
      summary_counts, initiator_name, trigger, created_at, started_at, completed_at)
    select t.workspace_id, uuidv7(x.at - now()), t.id, 'backup.verify',
      sha256(convert_to('{"key":{"backupSetId":"00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0')
        || '"},"scope":"tenant","type":"backup.verify","v":1}', 'UTF8')),
      n % 2 = 0 and n > $4::int - 2000, case when n % 2 = 0 then x.at + interval '15 minutes' end, 'succeeded', 1,
      '{"total": 1, "processed": 1, "succeeded": 1, "failed": 0, "skipped": 0}', 'Bench', 'user', x.at, x.at, x.at
    from generate_series($2::int, $3::int) n
    join tenants t on t.id = ($1::uuid[])[1 + n % cardinality($1::uuid[])]
    cross join lateral (
      select now() - case
        when n <= $5::int then interval '100 days' + interval '1 second' * ($5 - n)
        else interval '1 day' + interval '79 days' * (($4::int - n)::float8 / greatest($4 - $5, 1)) end as at
    ) x
    order by n
    returning workspace_id, id, tenant_id, completed_at
  ), item as (
    insert into run_items (workspace_id, run_id, item_key, outcome, counts, attempt)
    select workspace_id, id, 'all', 'succeeded', '{"total": 1, "processed": 1, "succeeded": 1}', 1 from run
  )
  select chain_audit(r.workspace_id, max(r.completed_at), array_agg(row(r.id, r.tenant_id, 'system', null, 'Bench',
    'run.completed', 'run', r.id::text, r.id, 'succeeded', null, null, null, '{}')::new_audit_entry order by r.completed_at))
  from run r group by r.workspace_id`

/** Starting the same again must find the row that SQL made. */
async function requireIdentity(client: pg.PoolClient, n: number): Promise<void> {
  const identity = identityOf('backup.verify', { backupSetId: backupSetOf(n) })
  const { rowCount } = await client.query('select from operation_runs where identity = $1 and not holds', [identity])
  if (rowCount !== 1) throw new Error('the history has other identities than the product: change insertRuns')
}
