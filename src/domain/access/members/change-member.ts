import { isAtLeast } from '#domain/access/capabilities.ts'
import {
  deleteMember,
  enabledOwners,
  lockMembers,
  memberViews,
  setAccess,
  type MemberAccess,
  type MemberView,
} from '#domain/access/members/members.store.ts'
import { endSessionsOf } from '#domain/access/sessions/end-sessions.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

export type { MemberAccess, MemberView } from '#domain/access/members/members.store.ts'

/** The members of the workspace: owners first, then by name. */
export async function listMembers(db: Database, ctx: WorkspaceContext): Promise<MemberView[]> {
  return inWorkspace(db, ctx, (tx) => memberViews(tx, ctx))
}

/**
 * Changes what a member may do, from their next request and their next transaction on.
 * @throws Failure `not_found`, `invalid_input` for a tenant role above the role, `invalid_state` for the last owner
 */
export async function changeMember(
  db: Database,
  ctx: WorkspaceContext,
  userId: UserId,
  access: MemberAccess,
): Promise<MemberView> {
  refuseWidening(access)
  return inWorkspace(db, ctx, async (tx) => {
    const before = await lockedRole(tx, ctx, userId, access.role)
    await setAccess(tx, ctx, userId, access)
    await recordAudit(tx, ctx, {
      action: 'member.change',
      subject: { kind: 'user', id: userId },
      outcome: 'succeeded',
      detail: { from: before, to: access.role, allTenants: access.allTenants, narrowedIn: access.tenants.length },
    })
    const [member] = await memberViews(tx, ctx, userId)
    if (member === undefined) throw notAMember()
    return member
  })
}

/**
 * Removes a member; their keys end with it.
 * @throws Failure `not_found`, `invalid_state` for the last owner
 */
export async function removeMember(db: Database, ctx: WorkspaceContext, userId: UserId): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    const before = await lockedRole(tx, ctx, userId, undefined)
    await deleteMember(tx, ctx, userId)
    await recordAudit(tx, ctx, {
      action: 'member.remove',
      subject: { kind: 'user', id: userId },
      outcome: 'succeeded',
      detail: { from: before },
    })
  })
}

/** Ends every session of a member; answers how many there were. @throws Failure `not_found` */
export async function endSessionsOfMember(db: Database, ctx: WorkspaceContext, userId: UserId): Promise<number> {
  return inWorkspace(db, ctx, async (tx) => {
    const [member] = await memberViews(tx, ctx, userId)
    if (member === undefined) throw notAMember()
    const ended = await endSessionsOf(tx, userId)
    await recordAudit(tx, ctx, {
      action: 'member.end_sessions',
      subject: { kind: 'user', id: userId },
      outcome: 'succeeded',
      detail: { ended },
    })
    return ended
  })
}

/** The role a member has now, with all members locked, and a refusal when nobody would be left to own the workspace. */
async function lockedRole(tx: Tx, ctx: WorkspaceContext, userId: UserId, wanted: Role | undefined): Promise<Role> {
  const members = await lockMembers(tx, ctx)
  const before = members.get(userId)
  if (before === undefined) throw notAMember()
  const isLost = before === 'owner' && wanted !== 'owner'
  if (isLost && (await enabledOwners(tx, ctx)).every((owner) => owner === userId))
    throw new Failure('invalid_state', 'This is the last owner of the workspace: make somebody else an owner first.')
  return before
}

/** @throws Failure `invalid_input` when a role in one tenant is above the role, or an owner would not see all tenants */
export function refuseWidening({ role, allTenants, tenants }: MemberAccess): void {
  if (role === 'owner' && (!allTenants || tenants.length > 0))
    throw new Failure(
      'invalid_input',
      'An owner owns the whole workspace: leave `tenants` empty and `allTenants` true.',
    )
  if (tenants.some((tenant) => !isAtLeast(role, tenant.role)))
    throw new Failure('invalid_input', `A role in a tenant narrows: it cannot be above ${role}.`)
  if (new Set(tenants.map(({ tenantId }) => tenantId)).size < tenants.length)
    throw new Failure('invalid_input', 'A tenant stands twice in `tenants`.')
}

function notAMember(): Failure {
  return new Failure('not_found', 'There is no such member in this workspace.')
}
