/**
 * The second person of a large restore. What always holds: a plan that writes more policies than the workspace lets one
 * person write is executed only while somebody else's approval of exactly that plan stands. It is asked for when the plan
 * is confirmed and again when its execution begins, each time in the transaction that does it.
 */
import { membersWhoMay, membersWhoMayStill, type Ability } from '#domain/access/members-who-may.ts'
import type { Approval, RestoreRun } from '#domain/restore/restore-run.ts'
import { heldRestoreLimit, restoreLimit } from '#domain/workspaces/restore-limit.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

type MembersWhoMay = Awaited<ReturnType<typeof membersWhoMay>>

/** How it stands with the second person of a restore run. */
export interface SecondPerson {
  /** Null until there is a plan. `given` also of what was given though it was not needed. */
  readonly state: 'not_needed' | 'needed' | 'given' | null
  /** Plans that write more policies than this need one; null: none does. */
  readonly limit: number | null
  /** In the order in which they were given. `stands`: whoever gave it may still do so. */
  readonly approvals: readonly (Approval & { readonly stands: boolean })[]
}

export type RestoreWithApproval = RestoreRun & { readonly approval: SecondPerson }

/** What approving a restore of the tenant takes. */
export function mayApprove({ tenantId }: TenantContext): Ability {
  return { capability: 'restore.approve', tenantIds: [tenantId] }
}

/** What adds to a restore run of the tenant how it stands with its second person now. */
export async function approvalsNow(tx: Tx, ctx: TenantContext): Promise<(restore: RestoreRun) => RestoreWithApproval> {
  const limit = await restoreLimit(tx, ctx)
  const members = await membersWhoMay(tx, ctx, mayApprove(ctx))
  return (restore) => ({ ...restore, approval: secondPersonOf(restore, { limit, members }) })
}

/** The same, decided. */
export function secondPersonOf(
  restore: RestoreRun,
  { limit, members }: { readonly limit: number | null; readonly members: MembersWhoMay },
): SecondPerson {
  const standing = new Set(standingApprovals(restore, members))
  const approvals = restore.approvals.map((approval) => ({ ...approval, stands: standing.has(approval) }))
  return { state: stateOf(restore, { limit, isApproved: standing.size > 0 }), limit, approvals }
}

function stateOf(
  { planHash, runId, writes, approvals }: RestoreRun,
  { limit, isApproved }: { readonly limit: number | null; readonly isApproved: boolean },
): SecondPerson['state'] {
  if (planHash === null) return null
  // What was confirmed was judged then.
  if (runId !== null) return approvals.length > 0 ? 'given' : 'not_needed'
  if (isApproved) return 'given'
  return needsSecondPerson(writes, limit) ? 'needed' : 'not_needed'
}

function needsSecondPerson(writes: number, limit: number | null): limit is number {
  return limit !== null && writes > limit
}

/** Approvals of the plan as it is, by people who might approve it now and have been members ever since. */
function standingApprovals({ planHash, approvals }: RestoreRun, members: MembersWhoMay): Approval[] {
  const since = new Map(members.map((member) => [member.userId, member.since]))
  return approvals.filter(({ approverId, approvedAt, ...approval }) => {
    const memberSince = since.get(approverId)
    return approval.planHash === planHash && memberSince !== undefined && memberSince <= approvedAt
  })
}

/**
 * Makes sure that whoever executes the plan may do so alone, or that somebody else's approval of it stands; that and the
 * limit then stay as they are until the transaction ends. `executor`: null where no person confirms. Answers the approval
 * that was needed.
 * @throws Failure `second_person_required` with what to do
 */
export async function requireSecondPerson(
  tx: Tx,
  ctx: TenantContext,
  { restore, executor }: { readonly restore: RestoreRun; readonly executor: UserId | null },
): Promise<Approval | null> {
  const limit = await heldRestoreLimit(tx, ctx)
  if (!needsSecondPerson(restore.writes, limit)) return null
  const held = restore.approvals.map(({ approverId }) => approverId)
  const members = await membersWhoMayStill(tx, ctx, { ...mayApprove(ctx), held })
  const approval = standingApprovals(restore, members).find(({ approverId }) => approverId !== executor)
  if (executor !== null && approval !== undefined) return approval
  throw secondPersonRequired(restore, { limit, hasOthers: members.some(({ userId }) => userId !== executor) })
}

function secondPersonRequired(
  { writes }: RestoreRun,
  { limit, hasOthers }: { readonly limit: number; readonly hasOthers: boolean },
): Failure {
  const which = limit === 0 ? 'every restore here' : `a plan of more than ${limit}`
  const why = `This plan writes ${writes === 1 ? '1 policy' : `${writes} policies`}; ${which} needs the approval of a second person.`
  const who = hasOthers
    ? 'Ask another owner or manager of this tenant to approve it (`tenantatlas restore approve`)'
    : 'Nobody else here may approve it: an owner invites a second owner or manager'
  const parts = limit > 0 ? `, restore at most ${limit} policies at a time` : ''
  return new Failure('second_person_required', `${why} ${who}${parts}, or an owner changes the limit of the workspace.`)
}
