/** The ledger as it stands in the tables: plain SQL, none of the product's stores. */
import { setTimeout as pause } from 'node:timers/promises'
import type { OpenDatabase } from '#foundation/db/database.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { AttemptEvidence, RunEvidence } from './check-hosts.ts'

interface RunRow {
  readonly id: string
  readonly outcome: string
  readonly attempts: number
  readonly summary_counts: Record<string, number>
  readonly attempt_log: readonly AttemptEvidence[]
  readonly item_counts: Record<string, number> | null
  readonly end_entries: readonly string[] | null
}

export async function runsOf({ pool }: OpenDatabase, ids: readonly RunId[]): Promise<RunEvidence[]> {
  const { rows } = await pool.query<RunRow>(
    `select r.id, r.outcome::text, r.attempts, r.summary_counts, r.attempt_log,
       (select jsonb_object_agg(s.key, s.n) from (
         select c.key, sum(c.value::bigint) as n from run_items i cross join jsonb_each_text(i.counts) c
         where i.run_id = r.id group by c.key) s) as item_counts,
       (select array_agg(a.outcome) from audit_entries a where a.run_id = r.id and a.action = 'run.completed') as end_entries
     from operation_runs r where r.id = any ($1) order by r.id`,
    [ids],
  )
  return rows.map((row) => ({
    id: row.id,
    outcome: row.outcome,
    attempts: row.attempts,
    counts: row.summary_counts,
    attemptLog: row.attempt_log,
    itemCounts: row.item_counts ?? {},
    endEntries: row.end_entries ?? [],
  }))
}

/** Every row about these runs, as one text: equal texts, nothing changed. A cooldown may end meanwhile. */
export async function rowsOf({ pool }: OpenDatabase, ids: readonly RunId[]): Promise<string> {
  const tables = [
    `select to_jsonb(r) - 'holds' as row from operation_runs r where r.id = any ($1)`,
    `select to_jsonb(i) as row from run_items i where i.run_id = any ($1)`,
    `select to_jsonb(a) as row from audit_entries a where a.run_id = any ($1)`,
    `select to_jsonb(l) as row from live_runs l where l.run_id = any ($1)`,
  ]
  const { rows } = await pool.query(`${tables.join(' union all ')} order by 1`, [ids])
  return JSON.stringify(rows)
}

/** The runs each host holds. */
export async function heldBy({ pool }: OpenDatabase): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{ host: string; runs: string[] }>(
    `select w.host, array_agg(l.run_id::text) as runs from live_runs l join workers w on w.id = l.lease_owner group by w.host`,
  )
  return new Map(rows.map(({ host, runs }) => [host, runs]))
}

export async function workersOn({ pool }: OpenDatabase): Promise<readonly { id: string; host: string }[]> {
  const { rows } = await pool.query<{ id: string; host: string }>(
    'select id, host from workers where lease_until > clock_timestamp() order by host',
  )
  return rows
}

/** Whether each of these runs has items that are done. */
export async function haveDoneItems({ pool }: OpenDatabase, ids: readonly string[]): Promise<boolean> {
  const { rows } = await pool.query(
    `select run_id from run_items where run_id = any ($1) and outcome <> 'planned' group by run_id`,
    [ids],
  )
  return rows.length === ids.length
}

const patienceMs = 90_000

/** @throws Error that names what did not come true in time */
export async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await isTrue()); await pause(50))
    if (Date.now() > deadline) throw new Error(`${what}: not within ${patienceMs / 1_000} s`)
}
