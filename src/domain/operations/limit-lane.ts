import { sql } from 'kysely'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { laneOf, subjectOf } from '#domain/operations/pause-lane.ts'
import { wakeWorkers } from '#domain/operations/wake.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'

const mostAtOnce = 16

/**
 * Sets how many runs of a tenant, or of the workspace itself, work at once (1 unless set). A lower limit ends nothing: it
 * holds for the next claims.
 * @throws Failure `invalid_input` for anything but a whole number from 1 to 16
 */
export async function setLaneLimit(
  db: Database,
  ctx: WorkspaceContext | TenantContext,
  concurrency: number,
): Promise<void> {
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > mostAtOnce)
    throw new Failure('invalid_input', `The limit is a whole number from 1 to ${mostAtOnce}; to stop all, pause it.`)
  await inWorkspace(db, ctx, async (tx) => {
    await sql`
      insert into lane_controls (workspace_id, lane, concurrency) values (${ctx.workspaceId}, ${laneOf(ctx)}, ${concurrency})
      on conflict (workspace_id, lane) do update set concurrency = excluded.concurrency`.execute(tx)
    await recordAudit(tx, ctx, { action: 'lane.limit', ...subjectOf(ctx), outcome: 'changed', detail: { concurrency } })
  })
  wakeWorkers(db)
}
