import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { TenantOverview } from '#domain/workspaces/workspace.ts'
import { tenantOverviews } from '#domain/workspaces/tenants.store.ts'

/** The tenants of the workspace by name, with policies, last sync, last backup and health; or those that are archived. */
export async function listTenants(
  db: Database,
  ctx: WorkspaceContext,
  { isArchived = false }: { readonly isArchived?: boolean } = {},
): Promise<TenantOverview[]> {
  return inWorkspace(db, ctx, (tx) => tenantOverviews(tx, ctx, { isArchived }))
}

/** One tenant the same way, archived or not. */
export async function showTenant(db: Database, ctx: TenantContext): Promise<TenantOverview> {
  return inWorkspace(db, ctx, (tx) => tenantShown(tx, ctx))
}

/** The same inside the caller's transaction. */
export async function tenantShown(tx: Tx, ctx: TenantContext): Promise<TenantOverview> {
  const [tenant] = await tenantOverviews(tx, ctx, { tenantId: ctx.tenantId })
  if (tenant === undefined) throw new Failure('not_found', 'This tenant is not there any more.')
  return tenant
}
