import { recordAudit } from '#domain/audit/record-audit.ts'
import { deleteConnection } from '#domain/connections/connections.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * Forgets how a tenant is reached, with its credentials and the keys they were sealed under: what a copy of the database
 * still holds of them opens no more once that is gone. The tenant and what was observed of it stay.
 * @throws Failure `not_found` when it is not connected
 */
export async function removeConnection(db: Database, ctx: TenantContext): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    if (!(await deleteConnection(tx, ctx))) throw new Failure('not_found', `"${ctx.tenantName}" is not connected.`)
    await recordAudit(tx, ctx, {
      action: 'connection.remove',
      subject: { kind: 'tenant', id: ctx.tenantRef },
      outcome: 'succeeded',
    })
  })
}
