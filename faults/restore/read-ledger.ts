/** The ledgers as they stand in the tables: plain SQL, none of the product's stores. */
import { setTimeout as pause } from 'node:timers/promises'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { AuditRow, Ledger, RestoreItemRow, RunItemRow, RunRow, SendRow } from './evidence.ts'
import type { Stage } from './stage.ts'

/** Everything about the tenant's runs. */
export async function readLedger(
  { database: { pool } }: Stage,
  { tenantId, workspaceId }: TenantContext,
): Promise<Ledger> {
  const rows = async <Row extends object>(text: string, ...values: readonly string[]) =>
    (await pool.query<Row>(text, [...values])).rows
  return {
    runs: await rows<RunRow>('select * from operation_runs where tenant_id = $1 order by id', tenantId),
    liveRuns: await rows<{ run_id: string }>('select run_id from live_runs where workspace_id = $1', workspaceId),
    runItems: await rows<RunItemRow>('select * from run_items where workspace_id = $1', workspaceId),
    restoreItems: await rows<RestoreItemRow>('select * from restore_items where tenant_id = $1', tenantId),
    sends: await rows<SendRow>('select * from restore_sends where tenant_id = $1', tenantId),
    audit: await rows<AuditRow>('select * from audit_entries where workspace_id = $1', workspaceId),
  }
}

export async function hasEnded({ database: { pool } }: Stage, runId: RunId): Promise<boolean> {
  const ended = `select from operation_runs where id = $1 and outcome <> 'pending'`
  return (await pool.query(ended, [runId])).rowCount !== 0
}

const patienceMs = 40_000

/** @throws Error when the run is pending after 40 s */
export async function untilEnded(stage: Stage, runId: RunId): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await hasEnded(stage, runId)); await pause(20))
    if (Date.now() > deadline) throw new Error(`run ${runId} did not end within ${patienceMs / 1_000} s`)
}

/** How many intents a run has committed. */
export async function intentsOf({ database: { pool } }: Stage, runId: RunId): Promise<number> {
  const { rowCount } = await pool.query('select from restore_sends where run_id = $1', [runId])
  return rowCount ?? 0
}

/** How many workers have a lease. */
export async function workersOf({ database: { pool } }: Stage): Promise<number> {
  return (await pool.query('select from workers where lease_until > clock_timestamp()')).rowCount ?? 0
}

/** What a worker that is gone, and was alone, left of a run and of itself. */
export async function leftBy({ database: { pool } }: Stage, runId: RunId) {
  const held = await pool.query('select from live_runs where run_id = $1 and leased', [runId])
  const workers = await pool.query('select from workers')
  return { isHeld: held.rowCount !== 0, isRegistered: workers.rowCount !== 0 }
}

/** Takes what a failed case left in the queue out of it, so that it is not the next case's. */
export async function abandon({ database: { pool } }: Stage, { workspaceId }: TenantContext): Promise<void> {
  await pool.query('delete from live_runs where workspace_id = $1', [workspaceId])
}
