import {
  changeMember,
  endSessionsOfMember,
  listMembers,
  removeMember,
  type MemberView,
} from '#domain/access/members/change-member.ts'
import {
  inviteMember,
  listInvitations,
  withdrawInvitation,
  type InvitationView,
} from '#domain/access/members/invite-member.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId } from '#foundation/kernel/ids.ts'
import { workspaceOf } from '#entrypoints/http/api/api-context.ts'
import { findTenants } from '#entrypoints/http/api/find-tenants.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const members = {
  list: os.members.list.handler(async ({ context }) => {
    const members = await listMembers(context.db, workspaceOf(context))
    return { items: members.map(memberDocument) }
  }),
  change: os.members.change.handler(async ({ context, input }) => {
    const tenants = await findTenants(
      context,
      input.tenants.map(({ tenant }) => tenant),
    )
    const member = await changeMember(context.db, workspaceOf(context), asId(input.member), {
      role: input.role,
      allTenants: input.allTenants,
      tenants: input.tenants.flatMap(({ tenant, role }) => {
        const found = tenants.find(({ tenantRef }) => tenantRef === tenant)
        return found ? [{ tenantId: found.tenantId, role }] : []
      }),
    })
    return memberDocument(member)
  }),
  remove: os.members.remove.handler(async ({ context, input }) => {
    await removeMember(context.db, workspaceOf(context), asId(input.member))
    return { ok: true }
  }),
  endSessions: os.members.endSessions.handler(async ({ context, input }) => ({
    ended: await endSessionsOfMember(context.db, workspaceOf(context), asId(input.member)),
  })),
  invitations: os.members.invitations.handler(async ({ context }) => {
    const invitations = await listInvitations(context.db, workspaceOf(context))
    return { items: invitations.map(invitationDocument) }
  }),
  invite: os.members.invite.handler(async ({ context, input }) => {
    const { kind, entraTenantId, entraObjectId, allTenants } = input
    if (kind === 'entra' && entraTenantId === undefined)
      throw new Failure('invalid_input', 'entraTenantId: an invitation by Entra identity names the Entra tenant.')
    if (kind === 'local' && (entraTenantId ?? entraObjectId) !== undefined)
      throw new Failure('invalid_input', 'entraTenantId: a local account belongs to no Entra tenant.')
    if (allTenants !== (input.tenants.length === 0))
      throw new Failure('invalid_input', 'tenants: name tenants exactly when `allTenants` is false.')
    const tenants = allTenants ? undefined : await findTenants(context, input.tenants)
    const { id, token } = await inviteMember(context.db, workspaceOf(context), {
      name: input.name,
      role: input.role,
      as:
        entraTenantId === undefined
          ? { kind: 'local' }
          : { kind: 'entra', tenantId: entraTenantId, objectId: entraObjectId },
      ...(tenants && { tenants }),
    })
    return { id, link: `${context.pageUrl}/invitation#${token}` }
  }),
  withdraw: os.members.withdraw.handler(async ({ context, input }) => {
    await withdrawInvitation(context.db, workspaceOf(context), asId(input.invitation))
    return { ok: true }
  }),
}

function memberDocument(member: MemberView) {
  return {
    id: member.userId,
    name: member.name,
    role: member.role,
    allTenants: member.allTenants,
    tenants: member.tenants,
    signIn: member.signIn,
    since: member.since.toISOString(),
    signedInAt: member.signedInAt?.toISOString() ?? null,
    disabledAt: member.disabledAt?.toISOString() ?? null,
  }
}

function invitationDocument(invitation: InvitationView) {
  return {
    id: invitation.id,
    kind: invitation.kind,
    name: invitation.name,
    role: invitation.role,
    allTenants: invitation.allTenants,
    entraTenantId: invitation.entraTenantId,
    entraObjectId: invitation.entraObjectId,
    invitedBy: invitation.invitedBy,
    createdAt: invitation.createdAt.toISOString(),
    expiresAt: invitation.expiresAt.toISOString(),
  }
}
