/** The ledger as it stands in the tables: plain SQL, none of the product's stores. */
import type { RunId, WorkspaceId } from '#foundation/kernel/ids.ts'
import type { JournalEntry } from '../../simulator/control.ts'
import type { AuditRow, ItemRow, Ledger, OutboxRow, RunRow } from './evidence.ts'
import type { Stage } from './stage.ts'

const runs = `select r.*, encode(r.identity, 'hex') as identity, r.xmin::text as xmin from operation_runs r`
// The migration that chains the entries there are writes each of them once more.
const audit = `
  select a.*, a.xmin::text as xmin,
    a.xmin in (select m.xmin from schema_migrations m where m.name like '%audit_chain.sql') as is_migrated
  from audit_entries a`

export async function readLedger({ database: { pool } }: Stage, workspaceId: WorkspaceId): Promise<Ledger> {
  const rows = async <Row extends object>(text: string) => (await pool.query<Row>(text, [workspaceId])).rows
  return {
    runs: await rows<RunRow>(`${runs} where r.workspace_id = $1 order by r.id`),
    liveRuns: await rows<{ run_id: string }>('select run_id from live_runs where workspace_id = $1'),
    items: await rows<ItemRow>('select * from run_items where workspace_id = $1'),
    audit: await rows<AuditRow>(`${audit} where workspace_id = $1`),
    outbox: await rows<OutboxRow>('select o.*, o.xmin::text as xmin from outbox o where workspace_id = $1'),
    notifications: await rows<Ledger['notifications'][number]>('select * from notifications where workspace_id = $1'),
  }
}

export async function readRun({ database: { pool } }: Stage, runId: RunId): Promise<RunRow | undefined> {
  return (await pool.query<RunRow>(`${runs} where r.id = $1`, [runId])).rows[0]
}

/** A moment of the simulator. */
export interface Since {
  /** The last entry of its journal. */
  readonly entry: number
  readonly at: Date
}

/**
 * What the simulated tenant was asked since then. An entry is written when its answer leaves: one of a process that was
 * killed in the case before can come late.
 */
export async function journalOf({ control, tenant }: Stage, since: Since): Promise<readonly JournalEntry[]> {
  const all: JournalEntry[] = []
  for (let after = since.entry; ;) {
    const { entries, last } = await control.journal({ after, limit: 2_000, tenant: tenant.id })
    all.push(...entries.filter(({ at }) => new Date(at) >= since.at))
    if (last === after) return all
    after = last
  }
}
