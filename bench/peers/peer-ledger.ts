/**
 * The ledger beside a peer's queue: the product's own tables, so that a run leaves the same row, audit entry and outbox
 * row whoever executes it. `live_runs` stays empty: waiting and leases are the peer's.
 */
import { identityOf } from '#domain/operations/identity.ts'
import { newId, type BackupSetId, type RunId } from '#foundation/kernel/ids.ts'
import { tenantOf, type Ledger } from '../ledger/ledger-stage.ts'

export interface PeerRun {
  readonly workspaceId: string
  readonly runId: RunId
}

/** The row of a run that nobody started before: the values of `insertRun`. */
export function newPeerRun(ledger: Ledger, n: number): PeerRun & { readonly values: readonly unknown[] } {
  const { workspaceId, tenantId, actor } = tenantOf(ledger, n)
  const runId = newId<RunId>()
  const input = { backupSetId: newId<BackupSetId>() }
  const identity = identityOf('backup.verify', input)
  const initiator = actor.kind === 'user' ? actor.userId : null
  const values = [workspaceId, runId, tenantId, identity, JSON.stringify(input), initiator, actor.name]
  return { workspaceId, runId, values }
}

/** Creates the run unless another one holds its identity: then there is no row, and nothing may be queued. */
export const insertRun = `
  insert into operation_runs (workspace_id, id, tenant_id, type, identity, input, initiator_id, initiator_name, trigger)
  values ($1, $2, $3, 'backup.verify', $4, $5, $6, $7, 'user')
  on conflict do nothing returning workspace_id, id`

/** Writes how it ended, with the audit entry and the outbox row, in one transaction and one round trip. */
export async function endPeerRun({ owner: { pool } }: Ledger, { workspaceId, runId }: PeerRun): Promise<void> {
  const { rowCount } = await pool.query({
    name: 'end_peer_run',
    text: endRun,
    values: [workspaceId, runId, newId(), new Date()],
  })
  if (rowCount !== 1) throw new Error(`run ${runId} was ended twice, or never created`)
}

const endRun = `
  with ended as (
    update operation_runs
    set outcome = 'succeeded', attempts = 1, holds = false, started_at = $4, completed_at = clock_timestamp(),
      summary_counts = '{"total": 0, "processed": 0, "succeeded": 0, "failed": 0, "skipped": 0}'
    where workspace_id = $1 and id = $2 and outcome = 'pending'
    returning *
  ), told as (
    insert into outbox (workspace_id, id, event, run_id) select workspace_id, $3, 'run.completed', id from ended
  )
  insert into audit_entries (workspace_id, id, tenant_id, actor_kind, actor_id, actor_name, action, subject_kind,
    subject_id, run_id, outcome, detail)
  select workspace_id, $3, tenant_id, case when initiator_id is null then 'system' else 'user' end, initiator_id,
    initiator_name, 'run.completed', 'run', id::text, id, 'succeeded',
    jsonb_build_object('type', type, 'attempts', attempts, 'counts', summary_counts)
  from ended`
