import { sql } from 'kysely'
import { stateAsSeen } from '#domain/restore/state-as-seen.ts'
import type { RestoreState } from '#domain/restore/restore-run.ts'
import type { RunOutcome } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, type RunId } from '#foundation/kernel/ids.ts'

type EndedState = Extract<RestoreState, 'completed' | 'partial' | 'failed' | 'cancelled'>

/** Restores that are over while their run is active. */
export async function endedRestoresOfActiveRuns(
  db: Database,
  ctx: WorkspaceContext,
): Promise<{ readonly runId: RunId; readonly state: EndedState }[]> {
  const statement = sql<{ run_id: string; state: EndedState }>`
    select s.run_id, s.state from live_runs l
    join restore_runs s on s.workspace_id = ${ctx.workspaceId} and s.run_id = l.run_id
    where l.workspace_id = ${ctx.workspaceId} and s.state in ('completed', 'partial', 'failed', 'cancelled')`
  const { rows } = await inWorkspace(db, ctx, (tx) => statement.execute(tx))
  return rows.map((row) => ({ runId: asId<RunId>(row.run_id), state: row.state }))
}

interface CutOffRow {
  readonly id: string
  readonly run_id: string
  readonly state: RestoreState
  readonly run_outcome: RunOutcome
  readonly any_written: boolean
}

/** Ends restores that are under way though their run has ended; the runs they belong to. */
export async function endRestoresOfEndedRuns(db: Database, ctx: WorkspaceContext): Promise<readonly RunId[]> {
  return inWorkspace(db, ctx, async (tx) => {
    const { rows } = await sql<CutOffRow>`
      select s.id, s.run_id, s.state, r.outcome as run_outcome,
        exists (select from restore_items i where i.workspace_id = ${ctx.workspaceId} and i.restore_run_id = s.id
          and (i.written <> 'no' or i.state = 'sending')) as any_written
      from restore_runs s
      join operation_runs r on r.workspace_id = ${ctx.workspaceId} and r.id = s.run_id
      where s.workspace_id = ${ctx.workspaceId} and s.state in ('queued', 'running') and r.outcome <> 'pending'
      for update of s`.execute(tx)
    for (const row of rows) await endCutOff(tx, ctx, row)
    return rows.map((row) => asId<RunId>(row.run_id))
  })
}

/** Nothing is still to come, and whether what was being sent arrived is not known. */
async function endCutOff(tx: Tx, { workspaceId }: WorkspaceContext, row: CutOffRow): Promise<void> {
  const { state, run_outcome: runOutcome, any_written: anyWritten } = row
  const ended = stateAsSeen({ state, previewOutcome: null, runOutcome, anyWritten })
  await sql`
    update restore_items set state = 'skipped', reason = 'cancelled', settled_at = clock_timestamp(),
      message = 'The run ended before this policy.'
    where workspace_id = ${workspaceId} and restore_run_id = ${row.id} and state = 'planned'`.execute(tx)
  await sql`
    update restore_items set state = 'unknown', written = 'unknown', reason = 'write_unknown', settled_at = clock_timestamp(),
      message = 'The run ended while this policy was being written: whether the write arrived is not known.'
    where workspace_id = ${workspaceId} and restore_run_id = ${row.id} and state = 'sending'`.execute(tx)
  await sql`
    update restore_runs set state = ${ended}, completed_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = ${row.id}`.execute(tx)
}
