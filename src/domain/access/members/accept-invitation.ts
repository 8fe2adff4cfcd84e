import { insertMembership, insertPerson, ensurePerson, type EntraIdentity } from '#domain/access/people.store.ts'
import { createLocalAccount, type NewLocalAccount } from '#domain/access/local-accounts/create-local-account.ts'
import {
  invitationByToken,
  lockInvitation,
  markAccepted,
  type Invitation,
} from '#domain/access/members/invitations.store.ts'
import { insertNarrowing } from '#domain/access/members/members.store.ts'
import { hashOfToken } from '#domain/access/tokens.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { contextOfNewMember, contextOfProduct } from '#foundation/kernel/mint-context.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

/** Whoever opened the link, as they proved to be. */
export type Acceptance =
  | { readonly kind: 'entra'; readonly identity: EntraIdentity; readonly name: string }
  | { readonly kind: 'local'; readonly account: NewLocalAccount; readonly name: string }

/** What a link invites to, for the page that asks; undefined when it is used, withdrawn, expired or none. */
export async function findInvitation(
  db: Database,
  token: string,
): Promise<Pick<Invitation, 'kind' | 'name' | 'role'> | undefined> {
  const found = await invitationByToken(db, hashOfToken(token))
  if (found === undefined) return undefined
  const ctx = contextOfProduct(found.workspaceId, 'Invitations')
  return inWorkspace(db, ctx, (tx) => lockInvitation(tx, ctx, found.id))
}

/**
 * Makes whoever opened the link a member.
 * @throws Failure `sign_in_failed` for a link that works no more, or that is for somebody else; `invalid_state` when they
 * are a member already
 */
export async function acceptInvitation(
  db: Database,
  token: string,
  acceptance: Acceptance,
): Promise<{ readonly userId: UserId }> {
  return acceptInvitationByHash(db, hashOfToken(token), acceptance)
}

/** The same, for whoever kept only the hash of the link's token. */
export async function acceptInvitationByHash(
  db: Database,
  tokenHash: Buffer,
  acceptance: Acceptance,
): Promise<{ readonly userId: UserId }> {
  const found = await invitationByToken(db, tokenHash)
  if (found === undefined) throw worksNoMore()
  const looking = contextOfProduct(found.workspaceId, 'Invitations')
  return inWorkspace(db, looking, async (tx) => {
    const invitation = await lockInvitation(tx, looking, found.id)
    if (invitation === undefined) throw worksNoMore()
    refuseSomebodyElse(invitation, acceptance)
    const userId = await personOf(tx, acceptance)
    const ctx = contextOfNewMember(found.workspaceId, { userId, name: acceptance.name })
    await join(tx, ctx, invitation, userId)
    await markAccepted(tx, ctx, invitation.id, userId)
    await recordAudit(tx, ctx, {
      action: 'member.join',
      subject: { kind: 'user', id: userId },
      outcome: 'succeeded',
      detail: { invitation: invitation.id, invitedBy: invitation.invitedBy, role: invitation.role },
    })
    return { userId }
  })
}

function refuseSomebodyElse(invitation: Invitation, acceptance: Acceptance): void {
  if (invitation.kind !== acceptance.kind)
    throw new Failure('sign_in_failed', 'This invitation is accepted in another way: open its link again.')
  if (acceptance.kind === 'local') return
  const { identity } = acceptance
  const isThem =
    identity.tenantId === invitation.entraTenantId &&
    (invitation.entraObjectId === null || identity.objectId === invitation.entraObjectId)
  if (!isThem)
    throw new Failure('sign_in_failed', 'This invitation is for somebody else: sign in as the person it names.')
}

async function personOf(tx: Tx, acceptance: Acceptance): Promise<UserId> {
  if (acceptance.kind === 'entra') {
    const person = await ensurePerson(tx, acceptance.identity, acceptance.name)
    if (person.isDisabled) throw new Failure('sign_in_failed', 'This person is disabled here.')
    return person.userId
  }
  const userId = await insertPerson(tx, acceptance.name)
  await createLocalAccount(tx, userId, acceptance.account)
  return userId
}

async function join(tx: Tx, ctx: WorkspaceContext, invitation: Invitation, userId: UserId): Promise<void> {
  const { role, allTenants, tenantIds } = invitation
  if (!(await insertMembership(tx, ctx, { userId, role, allTenants })))
    throw new Failure('invalid_state', 'You are a member of this workspace already.')
  await insertNarrowing(tx, ctx, userId, { tenants: tenantIds.map((tenantId) => ({ tenantId, role })) })
}

function worksNoMore(): Failure {
  return new Failure(
    'sign_in_failed',
    'This link works no more: it was used, withdrawn, or is older than seven days. Ask for a new one.',
  )
}
