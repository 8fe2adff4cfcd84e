import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import type { Member, Workspace, WorkspaceView } from '#domain/workspaces/workspace.ts'

/** All workspaces, by name. Workspaces are global rows: a platform without any is a fresh one. */
export async function allWorkspaces(db: Database | Tx): Promise<Workspace[]> {
  const rows = await db.selectFrom('workspaces').select(['id', 'name', 'slug']).orderBy('name').execute()
  return rows.map((row) => ({ workspaceId: asId(row.id), name: row.name, slug: row.slug }))
}

/** Whether the row is new; a workspace with that slug stays as it is. */
export async function insertWorkspace(tx: Tx, workspace: Workspace): Promise<boolean> {
  const inserted = await tx
    .insertInto('workspaces')
    .values({ id: workspace.workspaceId, name: workspace.name, slug: workspace.slug })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Locks the workspace's row until the transaction ends: one seeds, others wait; rows that refer to it are still made. */
export async function lockWorkspace(tx: Tx, { workspaceId }: WorkspaceContext): Promise<void> {
  const row = tx.selectFrom('workspaces').where('id', '=', workspaceId).select('id').forNoKeyUpdate()
  await row.executeTakeFirstOrThrow()
}

/** Keeps the workspace as it is until the transaction ends; many may at once. */
export async function holdWorkspace(tx: Tx, { workspaceId }: WorkspaceContext): Promise<void> {
  const row = tx.selectFrom('workspaces').where('id', '=', workspaceId).select('id').forShare()
  await row.executeTakeFirstOrThrow()
}

export async function restoreLimitOf(tx: Tx, { workspaceId }: WorkspaceContext): Promise<number | null> {
  const row = await tx
    .selectFrom('workspaces')
    .select('restore_approval_limit')
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  return row.restore_approval_limit
}

export async function insertPerson(tx: Tx, person: { userId: UserId; name: string }): Promise<void> {
  await tx.insertInto('users').values({ id: person.userId, display_name: person.name }).execute()
}

export async function insertMember(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  member: { userId: UserId; role: Role },
): Promise<void> {
  await tx
    .insertInto('workspace_members')
    .values({ workspace_id: workspaceId, user_id: member.userId, role: member.role })
    .execute()
}

/** The members of a workspace, owners first, then by name. */
export async function membersOf(tx: Tx, { workspaceId }: WorkspaceContext): Promise<Member[]> {
  const rows = await tx
    .selectFrom('workspace_members')
    .innerJoin('users', 'users.id', 'workspace_members.user_id')
    .where('workspace_members.workspace_id', '=', workspaceId)
    .select(['users.id', 'users.display_name', 'workspace_members.role'])
    .orderBy('users.display_name')
    .execute()
  return rows.map((row) => ({ userId: asId(row.id), name: row.display_name, role: row.role as Role }))
}

export async function workspaceView(tx: Tx, { workspaceId }: WorkspaceContext): Promise<WorkspaceView> {
  const row = await tx
    .selectFrom('workspaces')
    .select(['name', 'slug', 'archived_at', 'restore_approval_limit'])
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  return {
    workspaceId,
    name: row.name,
    slug: row.slug,
    archivedAt: row.archived_at,
    restoreApprovalLimit: row.restore_approval_limit,
  }
}

export async function setWorkspace(tx: Tx, { workspaceId }: WorkspaceContext, to: WorkspaceChange): Promise<void> {
  await tx.updateTable('workspaces').set(columnsOf(to)).where('id', '=', workspaceId).execute()
}

type WorkspaceChange =
  | { readonly name: string }
  | { readonly isArchived: boolean }
  | { readonly restoreApprovalLimit: number | null }

function columnsOf(to: WorkspaceChange) {
  if ('name' in to) return { name: to.name }
  if ('isArchived' in to) return { archived_at: to.isArchived ? sql<Date>`clock_timestamp()` : null }
  return { restore_approval_limit: to.restoreApprovalLimit }
}

/** As whom a person signs in at Entra. Somebody else with that identity stays who they are, and this one without. */
export async function setIdentity(
  tx: Tx,
  userId: UserId,
  identity: { readonly issuer: string; readonly tenantId: string; readonly objectId: string },
): Promise<void> {
  await sql`
    update users set issuer = ${identity.issuer}, entra_tenant_id = ${identity.tenantId}, entra_object_id = ${identity.objectId}
    where id = ${userId} and not exists (
      select from users o
      where o.issuer = ${identity.issuer} and o.entra_tenant_id = ${identity.tenantId} and o.entra_object_id = ${identity.objectId}
    )`.execute(tx)
}
