import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { TenantOverview } from '#domain/workspaces/workspace.ts'
import { tenantOverviews } from '#domain/workspaces/tenants.store.ts'

/** The tenants of the workspace by name, with policies, last sync, last backup and health. */
export async function listTenants(db: Database, ctx: WorkspaceContext): Promise<TenantOverview[]> {
  return inWorkspace(db, ctx, (tx) => tenantOverviews(tx, ctx))
}
