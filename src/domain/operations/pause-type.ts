import { sql } from 'kysely'
import { recordAudit } from '#domain/audit/record-audit.ts'
import type { OperationType } from '#domain/operations/catalog.ts'
import { readReason } from '#domain/operations/read-reason.ts'
import { wakeWorkers } from '#domain/operations/wake.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/**
 * Holds back every waiting run of one operation in the workspace until it is resumed. What runs already goes on. Pausing
 * what is paused keeps the first pause.
 * @throws Failure `invalid_input` without a reason
 */
export async function pauseType(
  db: Database,
  ctx: WorkspaceContext,
  type: OperationType,
  { reason }: { readonly reason: string },
): Promise<void> {
  const why = readReason(reason)
  await inWorkspace(db, ctx, async (tx) => {
    await sql`
      insert into type_controls (workspace_id, type, paused_by, reason)
      values (${ctx.workspaceId}, ${type}, ${ctx.actor.name}, ${why}) on conflict do nothing`.execute(tx)
    const subject = { kind: 'operation_type', id: type }
    await recordAudit(tx, ctx, { action: 'type.pause', subject, outcome: 'paused', detail: { reason: why } })
  })
}

/** Lets workers claim runs of the operation again. */
export async function resumeType(db: Database, ctx: WorkspaceContext, type: OperationType): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    await tx.deleteFrom('type_controls').where('workspace_id', '=', ctx.workspaceId).where('type', '=', type).execute()
    await recordAudit(tx, ctx, {
      action: 'type.resume',
      subject: { kind: 'operation_type', id: type },
      outcome: 'resumed',
    })
  })
  wakeWorkers(db)
}
