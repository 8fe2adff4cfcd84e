import { randomUUID } from 'node:crypto'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { givenContext, workspaceOf } from '#foundation/kernel/context-testing.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId, newTenantRef, type TenantId, type UserId, type WorkspaceId } from '#foundation/kernel/ids.ts'

/** Test only: a workspace of the test's own, acted upon by a user who owns it. */
export async function givenWorkspace(db: Database, named: { name?: string } = {}): Promise<WorkspaceContext> {
  const workspaceId = newId<WorkspaceId>()
  const userId = newId<UserId>()
  const name = named.name ?? 'Contoso Managed Services'
  await db.insertInto('users').values({ id: userId, display_name: 'Ada Moreau' }).execute()
  await db
    .insertInto('workspaces')
    .values({ id: workspaceId, name, slug: `w-${workspaceId}` })
    .execute()
  const ctx = givenContext(workspaceId, { kind: 'user', userId, name: 'Ada Moreau' })
  await inWorkspace(db, ctx, (tx) =>
    tx.insertInto('workspace_members').values({ workspace_id: workspaceId, user_id: userId, role: 'owner' }).execute(),
  )
  return ctx
}

/** Test only: a tenant of a workspace. */
export async function givenTenant(
  db: Database,
  ctx: WorkspaceContext,
  named: { name?: string } = {},
): Promise<TenantContext> {
  const tenantId = newId<TenantId>()
  const tenantRef = newTenantRef()
  const tenantName = named.name ?? `Tenant ${tenantRef.slice(0, 8)}`
  const row = {
    workspace_id: ctx.workspaceId,
    id: tenantId,
    external_id: tenantRef,
    entra_tenant_id: randomUUID(),
    name: tenantName,
  }
  await inWorkspace(db, ctx, (tx) => tx.insertInto('tenants').values(row).execute())
  return workspaceOf(ctx).inTenant({ workspaceId: ctx.workspaceId, id: tenantId, ref: tenantRef, name: tenantName })
}
