import { sql } from 'kysely'
import { capabilitiesOfRole } from '#domain/access/capabilities.ts'
import type { Tx } from '#foundation/db/database.ts'
import { roles, type Capability } from '#foundation/kernel/capability.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { TenantId, UserId } from '#foundation/kernel/ids.ts'

/**
 * Who may do something in each of these tenants: members who are narrowed to others or to a lower role left out, and so
 * are guests and whoever cannot sign in.
 */
export async function membersWhoMay(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { capability, tenantIds }: { readonly capability: Capability; readonly tenantIds: readonly TenantId[] },
): Promise<{ readonly tenantId: TenantId; readonly userId: UserId }[]> {
  const able = roles.filter((role) => capabilitiesOfRole[role].includes(capability))
  const { rows } = await sql<{ tenant_id: string; user_id: string }>`
    select t.tenant_id, m.user_id
    from unnest(${tenantIds}::uuid[]) t (tenant_id)
    cross join workspace_members m
    join users u on u.id = m.user_id and u.disabled_at is null
    left join tenant_members n
      on n.workspace_id = m.workspace_id and n.user_id = m.user_id and n.tenant_id = t.tenant_id
    where m.workspace_id = ${workspaceId} and m.role = any (${able}) and m.expires_at is null
      and case when n.role is null then m.all_tenants else n.role = any (${able}) end`.execute(tx)
  return rows.map((row) => ({ tenantId: asId<TenantId>(row.tenant_id), userId: asId<UserId>(row.user_id) }))
}
