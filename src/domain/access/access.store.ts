import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import type { Admission, TenantPlace, WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, isUuid } from '#foundation/kernel/ids.ts'
import type { TenantId, UserId, WorkspaceId } from '#foundation/kernel/ids.ts'

export interface Membership {
  readonly workspaceId: WorkspaceId
  readonly name: string
  readonly slug: string
  readonly role: Role
  readonly allTenants: boolean
  readonly version: number
  readonly archivedAt: Date | null
}

/** Of every workspace, through the door: asked for whoever is signed in. */
export async function membershipsOf(db: Database, userId: UserId): Promise<Membership[]> {
  const { rows } = await sql<{
    workspace_id: string
    name: string
    slug: string
    role: Role
    all_tenants: boolean
    version: number
    archived_at: Date | null
  }>`select * from memberships_of(${userId})`.execute(db)
  return rows.map((row) => ({
    workspaceId: asId(row.workspace_id),
    name: row.name,
    slug: row.slug,
    role: row.role,
    allTenants: row.all_tenants,
    version: row.version,
    archivedAt: row.archived_at,
  }))
}

/** The owner who has been one for longest, of those who may sign in; no guest. */
export async function firstOwnerOf(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
): Promise<{ readonly userId: UserId; readonly since: Date } | undefined> {
  const row = await tx
    .selectFrom('workspace_members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .where('m.workspace_id', '=', workspaceId)
    .where('m.role', '=', 'owner')
    .where('m.all_tenants', '=', true)
    .where('m.expires_at', 'is', null)
    .where('u.disabled_at', 'is', null)
    .select(['u.id', 'm.created_at'])
    .orderBy('m.created_at')
    .orderBy('u.id')
    .executeTakeFirst()
  return row && { userId: asId(row.id), since: row.created_at }
}

/** The role a member is narrowed to, by tenant. */
export async function narrowingOf(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  userId: UserId,
): Promise<ReadonlyMap<TenantId, Role>> {
  const rows = await tx
    .selectFrom('tenant_members')
    .select(['tenant_id', 'role'])
    .where('workspace_id', '=', workspaceId)
    .where('user_id', '=', userId)
    .execute()
  return new Map(rows.map((row) => [asId<TenantId>(row.tenant_id), row.role as Role]))
}

/** A member in one tenant. */
export interface MemberAt {
  readonly tenantId: TenantId
  readonly userId: UserId
  /** Of the workspace. */
  readonly since: Date
}

/** Members with one of these roles in the workspace and in the tenant, who may sign in and see it; no guest. */
export async function membersWithRole(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { wanted, tenantIds }: { readonly wanted: readonly Role[]; readonly tenantIds: readonly TenantId[] },
): Promise<MemberAt[]> {
  const { rows } = await sql<{ tenant_id: string; user_id: string; created_at: Date }>`
    select t.tenant_id, m.user_id, m.created_at
    from unnest(${tenantIds}::uuid[]) t (tenant_id)
    cross join workspace_members m
    join users u on u.id = m.user_id and u.disabled_at is null
    left join tenant_members n
      on n.workspace_id = m.workspace_id and n.user_id = m.user_id and n.tenant_id = t.tenant_id
    where m.workspace_id = ${workspaceId} and m.expires_at is null and m.role = any (${wanted})
      and coalesce(n.role, m.role) = any (${wanted}) and (m.all_tenants or n.user_id is not null)
    order by t.tenant_id, m.user_id`.execute(tx)
  return rows.map((row) => ({ tenantId: asId(row.tenant_id), userId: asId(row.user_id), since: row.created_at }))
}

/** Locks what these people may do until the transaction ends: who changes it waits. Members before users. */
export async function holdAccess(tx: Tx, ctx: WorkspaceContext, userIds: readonly UserId[]): Promise<void> {
  await sql`
    select from workspace_members m where m.workspace_id = ${ctx.workspaceId} and m.user_id = any (${userIds})
    order by m.user_id for share`.execute(tx)
  await sql`select from users u where u.id = any (${userIds}) order by u.id for share`.execute(tx)
}

export interface TenantFound extends TenantPlace {
  readonly isArchived: boolean
}

/** The tenant with that public id, archived ones too. */
export async function tenantByRef(tx: Tx, ctx: WorkspaceContext, ref: string): Promise<TenantFound | undefined> {
  return isUuid(ref) ? tenantWhere(tx, ctx, { column: 'external_id', id: ref }) : undefined
}

async function tenantWhere(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { column, id }: { readonly column: 'id' | 'external_id'; readonly id: string },
): Promise<TenantFound | undefined> {
  const row = await tx
    .selectFrom('tenants')
    .select(['workspace_id', 'id', 'external_id', 'name', 'archived_at'])
    .where('workspace_id', '=', workspaceId)
    .where(column, '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    workspaceId: asId(row.workspace_id),
    id: asId(row.id),
    ref: asId(row.external_id),
    name: row.name,
    isArchived: row.archived_at !== null,
  }
}

/** The places of those admissions in the list that still hold: the same conditions as `require_admission` has. */
export async function whichLive(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  admissions: readonly Admission[],
): Promise<ReadonlySet<number>> {
  const asked = admissions.map(({ userId, memberVersion, sessionId, apiKeyId }, place) => ({
    place,
    user_id: userId,
    version: memberVersion,
    session_id: sessionId,
    key_id: apiKeyId,
  }))
  const { rows } = await sql<{ place: number }>`
    select a.place
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as a(place integer, user_id uuid, version integer, session_id uuid, key_id uuid)
    join workspace_members m on m.workspace_id = ${workspaceId} and m.user_id = a.user_id and m.version = a.version
    join users u on u.id = a.user_id and u.disabled_at is null
    where (a.session_id is null or exists (
      select from sessions s where s.id = a.session_id and s.user_id = a.user_id and s.ended_at is null
        and s.expires_at > clock_timestamp()))
    and (a.key_id is null or exists (
      select from api_keys k where k.workspace_id = ${workspaceId} and k.id = a.key_id and k.revoked_at is null
        and k.expires_at > clock_timestamp()))`.execute(tx)
  return new Set(rows.map(({ place }) => place))
}

/** Records that a path can name, and where each keeps the tenant it belongs to. */
const subjectTables = {
  run: 'operation_runs',
  backup: 'backup_sets',
  restore: 'restore_runs',
  schedule: 'schedules',
  onboarding: 'onboardings',
} as const

export type SubjectKind = keyof typeof subjectTables

/** The tenant a record belongs to: null when it is the workspace's own, undefined when there is no such record. */
export async function tenantOfSubject(
  tx: Tx,
  ctx: WorkspaceContext,
  subject: { readonly kind: SubjectKind; readonly id: string },
): Promise<TenantFound | null | undefined> {
  if (!isUuid(subject.id)) return undefined
  const row = await tx
    .selectFrom(subjectTables[subject.kind])
    .select('tenant_id')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('id', '=', subject.id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return row.tenant_id === null ? null : tenantWhere(tx, ctx, { column: 'id', id: row.tenant_id })
}
