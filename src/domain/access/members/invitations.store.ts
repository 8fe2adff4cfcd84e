import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { InvitationId, TenantId, UserId, WorkspaceId } from '#foundation/kernel/ids.ts'

export interface Invitation {
  readonly id: InvitationId
  readonly kind: 'entra' | 'local'
  readonly name: string
  readonly role: Role
  readonly allTenants: boolean
  /** The tenants it names when it does not give all. */
  readonly tenantIds: readonly TenantId[]
  readonly entraTenantId: string | null
  readonly entraObjectId: string | null
}

export interface InvitationView extends Invitation {
  readonly invitedBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

export const invitationDays = 7

export async function insertInvitation(
  tx: Tx,
  ctx: WorkspaceContext,
  invitation: Invitation & { readonly tokenHash: Buffer; readonly invitedBy: UserId },
): Promise<void> {
  await tx
    .insertInto('invitations')
    .values({
      workspace_id: ctx.workspaceId,
      id: invitation.id,
      kind: invitation.kind,
      name: invitation.name,
      role: invitation.role,
      all_tenants: invitation.allTenants,
      tenant_ids: [...invitation.tenantIds],
      entra_tenant_id: invitation.entraTenantId,
      entra_object_id: invitation.entraObjectId,
      token_hash: invitation.tokenHash,
      invited_by: invitation.invitedBy,
      expires_at: sql<Date>`clock_timestamp() + make_interval(days => ${invitationDays})`,
    })
    .execute()
}

/** Those that can still be accepted, newest first. */
export async function openInvitations(tx: Tx, ctx: WorkspaceContext): Promise<InvitationView[]> {
  const rows = await tx
    .selectFrom('invitations as i')
    .innerJoin('users as u', 'u.id', 'i.invited_by')
    .where('i.workspace_id', '=', ctx.workspaceId)
    .where('i.accepted_at', 'is', null)
    .where('i.withdrawn_at', 'is', null)
    .where('i.expires_at', '>', sql<Date>`clock_timestamp()`)
    .selectAll('i')
    .select('u.display_name')
    .orderBy('i.created_at', 'desc')
    .execute()
  return rows.map((row) => ({
    ...invitationOf(row),
    invitedBy: row.display_name,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }))
}

/** Whether it was open until now. */
export async function withdrawOpen(tx: Tx, ctx: WorkspaceContext, id: InvitationId): Promise<boolean> {
  const withdrawn = await tx
    .updateTable('invitations')
    .set({ withdrawn_at: sql<Date>`clock_timestamp()` })
    .where('workspace_id', '=', ctx.workspaceId)
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return withdrawn !== undefined
}

/** Whose link it is, of any workspace, through the door; undefined when it is used, withdrawn, expired or none. */
export async function invitationByToken(
  db: Database,
  hash: Buffer,
): Promise<{ readonly workspaceId: WorkspaceId; readonly id: InvitationId } | undefined> {
  const { rows } = await sql<{ workspace_id: string; id: string }>`select * from find_invitation(${hash})`.execute(db)
  const [row] = rows
  return row && { workspaceId: asId(row.workspace_id), id: asId(row.id) }
}

/** An open invitation, locked: it is accepted once. */
export async function lockInvitation(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  id: InvitationId,
): Promise<(Invitation & { readonly invitedBy: UserId }) | undefined> {
  const row = await tx
    .selectFrom('invitations')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .forUpdate()
    .executeTakeFirst()
  return row && { ...invitationOf(row), invitedBy: asId(row.invited_by) }
}

export async function markAccepted(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  id: InvitationId,
  userId: UserId,
): Promise<void> {
  await tx
    .updateTable('invitations')
    .set({ accepted_at: sql<Date>`clock_timestamp()`, accepted_by: userId })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .execute()
}

interface InvitationRow {
  id: string
  kind: string
  name: string
  role: string
  all_tenants: boolean
  tenant_ids: string[]
  entra_tenant_id: string | null
  entra_object_id: string | null
}

// The columns read with `as` carry check constraints.
function invitationOf(row: InvitationRow): Invitation {
  return {
    id: asId(row.id),
    kind: row.kind as Invitation['kind'],
    name: row.name,
    role: row.role as Role,
    allTenants: row.all_tenants,
    tenantIds: row.tenant_ids.map((id) => asId<TenantId>(id)),
    entraTenantId: row.entra_tenant_id,
    entraObjectId: row.entra_object_id,
  }
}
