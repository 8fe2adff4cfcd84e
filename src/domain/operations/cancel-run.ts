import { sql } from 'kysely'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { announceChange, wakeCancelled } from '#domain/operations/wake.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId, type RunId } from '#foundation/kernel/ids.ts'

/** `cancelled`: it was queued and has ended. `requested`: it is running and ends after its current item. */
export type CancelDisposition = 'cancelled' | 'requested'

/**
 * Cancels a run of the workspace.
 * @throws Failure `not_found`; `invalid_state` when it has ended already
 */
export async function cancelRun(db: Database, ctx: WorkspaceContext, runId: RunId): Promise<CancelDisposition> {
  const disposition = await inWorkspace(db, ctx, async (tx) => {
    const { rows } = await sql<{ state: CancelDisposition | 'ended' | 'not_found' }>`
      select cancel_run(${ctx.workspaceId}, ${runId}, ${newId()}) as state`.execute(tx)
    const state = rows[0]?.state ?? 'not_found'
    if (state === 'not_found') throw new Failure('not_found', `There is no run ${runId} here.`)
    if (state === 'ended')
      throw new Failure('invalid_state', `Run ${runId} has ended already: there is nothing to cancel.`)
    await recordAudit(tx, ctx, { action: 'run.cancel', subject: { kind: 'run', id: runId }, outcome: state, runId })
    return state
  })
  announceChange(db, { ctx, runId })
  if (disposition === 'requested') wakeCancelled(db)
  return disposition
}
