import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { ConnectionView } from '#domain/connections/connection.ts'
import { connectionOf, credentialViews } from '#domain/connections/connections.store.ts'

/** How the tenant is reached, without anything secret; null when it is not connected. */
export async function showConnection(db: Database, ctx: TenantContext): Promise<ConnectionView | null> {
  return inWorkspace(db, ctx, async (tx) => {
    const connection = await connectionOf(tx, ctx)
    if (connection === undefined) return null
    const credentials = await credentialViews(tx, ctx)
    const { cloud, authorityUrl, graphUrl, changedAt } = connection
    return { cloud, authorityUrl, graphUrl, changedAt, credentials }
  })
}
