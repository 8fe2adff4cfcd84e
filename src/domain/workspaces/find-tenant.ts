import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { allTenants } from '#domain/workspaces/tenants.store.ts'

/**
 * The tenant with that public id or Entra id. Archived ones only where they are asked for: to look at what is kept of them.
 * @throws Failure `not_found`
 */
export async function findTenant(
  db: Database,
  ctx: WorkspaceContext,
  id: string,
  options: { readonly withArchived?: boolean } = {},
): Promise<TenantContext> {
  const wanted = id.toLowerCase()
  const tenants = await inWorkspace(db, ctx, (tx) => allTenants(tx, ctx, options))
  const found = tenants.find(({ ref, entraTenantId }) => ref === wanted || entraTenantId === wanted)
  if (found === undefined) throw new Failure('not_found', `There is no tenant ${id} in this workspace.`)
  return ctx.inTenant(found)
}
