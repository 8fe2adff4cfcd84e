import {
  insertInvitation,
  openInvitations,
  withdrawOpen,
  type InvitationView,
} from '#domain/access/members/invitations.store.ts'
import { newToken } from '#domain/access/tokens.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { InvitationId } from '#foundation/kernel/ids.ts'

export type { InvitationView } from '#domain/access/members/invitations.store.ts'

export interface InvitationWish {
  /** As the inviter calls them. */
  readonly name: string
  /** Who they prove to be: somebody of an Entra tenant, or whoever has the link, with an account of ours. */
  readonly as:
    | { readonly kind: 'entra'; readonly tenantId: string; readonly objectId?: string | undefined }
    | { readonly kind: 'local' }
  readonly role: Role
  /** Absent: all of the workspace. */
  readonly tenants?: readonly TenantContext[]
}

/**
 * Invites somebody. The token of the link is shown here and never again; it works once, for seven days.
 * @throws Failure `invalid_input` for an owner of some tenants only
 */
export async function inviteMember(
  db: Database,
  ctx: WorkspaceContext,
  wish: InvitationWish,
): Promise<{ readonly id: InvitationId; readonly token: string }> {
  const { actor } = ctx
  if (actor.kind !== 'user') throw new Failure('not_allowed', 'Only a member can invite somebody.')
  if (wish.role === 'owner' && wish.tenants !== undefined)
    throw new Failure('invalid_input', 'An owner owns the whole workspace: invite them to all tenants.')
  const { token, hash } = newToken('tai_')
  const id = newId<InvitationId>()
  await inWorkspace(db, ctx, async (tx) => {
    await insertInvitation(tx, ctx, {
      id,
      kind: wish.as.kind,
      name: wish.name,
      role: wish.role,
      allTenants: wish.tenants === undefined,
      tenantIds: wish.tenants?.map(({ tenantId }) => tenantId) ?? [],
      entraTenantId: wish.as.kind === 'entra' ? wish.as.tenantId : null,
      entraObjectId: wish.as.kind === 'entra' ? (wish.as.objectId ?? null) : null,
      tokenHash: hash,
      invitedBy: actor.userId,
    })
    await recordAudit(tx, ctx, {
      action: 'member.invite',
      subject: { kind: 'invitation', id },
      outcome: 'succeeded',
      detail: { kind: wish.as.kind, role: wish.role, tenants: wish.tenants?.map(({ tenantRef }) => tenantRef) ?? null },
    })
  })
  return { id, token }
}

/** Those that can still be accepted, newest first. */
export async function listInvitations(db: Database, ctx: WorkspaceContext): Promise<InvitationView[]> {
  return inWorkspace(db, ctx, (tx) => openInvitations(tx, ctx))
}

/** The link works no more. @throws Failure `not_found` when it did not until now */
export async function withdrawInvitation(db: Database, ctx: WorkspaceContext, id: InvitationId): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    if (!(await withdrawOpen(tx, ctx, id))) throw new Failure('not_found', 'There is no such open invitation.')
    await recordAudit(tx, ctx, {
      action: 'member.withdraw_invitation',
      subject: { kind: 'invitation', id },
      outcome: 'succeeded',
    })
  })
}
