import { sql } from 'kysely'
import type { Tx } from '#foundation/db/database.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { TenantId, TenantRef, UserId } from '#foundation/kernel/ids.ts'

export interface MemberView {
  readonly userId: UserId
  readonly name: string
  readonly role: Role
  readonly allTenants: boolean
  readonly tenants: readonly { readonly tenant: TenantRef; readonly role: Role }[]
  readonly signIn: 'entra' | 'local' | 'none'
  readonly since: Date
  readonly signedInAt: Date | null
  readonly disabledAt: Date | null
}

/** Of the workspace, or one of them; owners first, then by name. */
export async function memberViews(tx: Tx, ctx: WorkspaceContext, userId?: UserId): Promise<MemberView[]> {
  let query = tx
    .selectFrom('workspace_members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .leftJoin('local_accounts as l', 'l.user_id', 'u.id')
    .where('m.workspace_id', '=', ctx.workspaceId)
    // A guest whose time is over is none any more.
    .where(sql<boolean>`(m.expires_at is null or m.expires_at > clock_timestamp())`)
  if (userId !== undefined) query = query.where('m.user_id', '=', userId)
  const rows = await query
    .select([
      'u.id',
      'u.display_name',
      'u.issuer',
      'l.login_name',
      'm.role',
      'm.all_tenants',
      'm.created_at',
      'u.signed_in_at',
      'u.disabled_at',
      sql<{ tenant: string; role: Role }[]>`coalesce((
        select jsonb_agg(jsonb_build_object('tenant', t.external_id, 'role', n.role) order by t.name)
        from tenant_members n join tenants t on t.workspace_id = n.workspace_id and t.id = n.tenant_id
        where n.workspace_id = m.workspace_id and n.user_id = m.user_id), '[]')`.as('tenants'),
    ])
    .orderBy(sql`array_position(array['owner', 'manager', 'operator', 'readonly'], m.role)`)
    .orderBy(sql`lower(u.display_name)`)
    .execute()
  return rows.map((row) => ({
    userId: asId(row.id),
    name: row.display_name,
    role: row.role as Role,
    allTenants: row.all_tenants,
    tenants: row.tenants.map((one) => ({ tenant: asId<TenantRef>(one.tenant), role: one.role })),
    signIn: row.issuer !== null ? 'entra' : row.login_name !== null ? 'local' : 'none',
    since: row.created_at,
    signedInAt: row.signed_in_at,
    disabledAt: row.disabled_at,
  }))
}

/** Locks the members of the workspace until the transaction ends: two changes of owners wait for each other. */
export async function lockMembers(tx: Tx, ctx: WorkspaceContext): Promise<ReadonlyMap<UserId, Role>> {
  const rows = await tx
    .selectFrom('workspace_members')
    .select(['user_id', 'role'])
    .where('workspace_id', '=', ctx.workspaceId)
    .orderBy('user_id')
    .forUpdate()
    .execute()
  return new Map(rows.map((row) => [asId<UserId>(row.user_id), row.role as Role]))
}

/** The owners whose account is not disabled: they are who can do something. */
export async function enabledOwners(tx: Tx, ctx: WorkspaceContext): Promise<readonly UserId[]> {
  const rows = await tx
    .selectFrom('workspace_members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .where('m.workspace_id', '=', ctx.workspaceId)
    .where('m.role', '=', 'owner')
    .where('u.disabled_at', 'is', null)
    .select('u.id')
    .execute()
  return rows.map(({ id }) => asId(id))
}

export interface MemberAccess {
  readonly role: Role
  readonly allTenants: boolean
  readonly tenants: readonly { readonly tenantId: TenantId; readonly role: Role }[]
}

export async function setAccess(tx: Tx, ctx: WorkspaceContext, userId: UserId, access: MemberAccess): Promise<void> {
  await tx
    .updateTable('workspace_members')
    .set({ role: access.role, all_tenants: access.allTenants, version: sql<number>`version + 1` })
    .where('workspace_id', '=', ctx.workspaceId)
    .where('user_id', '=', userId)
    .execute()
  await tx
    .deleteFrom('tenant_members')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('user_id', '=', userId)
    .execute()
  await insertNarrowing(tx, ctx, userId, access)
}

export async function insertNarrowing(
  tx: Tx,
  ctx: WorkspaceContext,
  userId: UserId,
  { tenants }: Pick<MemberAccess, 'tenants'>,
): Promise<void> {
  if (tenants.length === 0) return
  await tx
    .insertInto('tenant_members')
    .values(
      tenants.map(({ tenantId, role }) => ({
        workspace_id: ctx.workspaceId,
        tenant_id: tenantId,
        user_id: userId,
        role,
      })),
    )
    .execute()
}

/** Keys and narrowing go with the member; the user stays: the audit names them. */
export async function deleteMember(tx: Tx, ctx: WorkspaceContext, userId: UserId): Promise<void> {
  await tx
    .deleteFrom('workspace_members')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('user_id', '=', userId)
    .execute()
}
