import { sql } from 'kysely'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { readReason } from '#domain/operations/read-reason.ts'
import { wakeWorkers } from '#domain/operations/wake.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'

/**
 * Holds back what waits for a tenant, or without a tenant the runs of the workspace itself: nothing of it is claimed until
 * it is resumed. What runs already goes on. Pausing what is paused keeps the first pause.
 * @throws Failure `invalid_input` without a reason
 */
export async function pauseLane(
  db: Database,
  ctx: WorkspaceContext | TenantContext,
  { reason }: { readonly reason: string },
): Promise<void> {
  const why = readReason(reason)
  await inWorkspace(db, ctx, async (tx) => {
    await sql`
      insert into lane_controls as c (workspace_id, lane, paused, paused_at, paused_by, reason)
      values (${ctx.workspaceId}, ${laneOf(ctx)}, true, clock_timestamp(), ${ctx.actor.name}, ${why})
      on conflict (workspace_id, lane) do update
      set paused = true, paused_at = excluded.paused_at, paused_by = excluded.paused_by, reason = excluded.reason
      where not c.paused`.execute(tx)
    await recordAudit(tx, ctx, { action: 'lane.pause', ...subjectOf(ctx), outcome: 'paused', detail: { reason: why } })
  })
}

/** Lets workers claim what waited again. */
export async function resumeLane(db: Database, ctx: WorkspaceContext | TenantContext): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    await sql`
      update lane_controls set paused = false, paused_at = null, paused_by = null, reason = null
      where workspace_id = ${ctx.workspaceId} and lane = ${laneOf(ctx)}`.execute(tx)
    await recordAudit(tx, ctx, { action: 'lane.resume', ...subjectOf(ctx), outcome: 'resumed' })
  })
  wakeWorkers(db)
}

/** Where the runs of a context queue: the tenant, or the workspace itself. */
export function laneOf(ctx: WorkspaceContext | TenantContext): string {
  return 'tenantId' in ctx ? ctx.tenantId : ctx.workspaceId
}

/** The subject of an audit entry about that queue. */
export function subjectOf(ctx: WorkspaceContext | TenantContext) {
  return { subject: { kind: 'tenantId' in ctx ? 'tenant' : 'workspace', id: laneOf(ctx) } }
}
