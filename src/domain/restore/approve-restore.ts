import type { Person } from '#domain/access/caller.ts'
import { membersWhoMay } from '#domain/access/members-who-may.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { getRestore } from '#domain/restore/get-restore.ts'
import type { RestoreRun } from '#domain/restore/restore-run.ts'
import { insertApproval } from '#domain/restore/approvals.store.ts'
import { lockRestore } from '#domain/restore/restores.store.ts'
import { approvalsNow, mayApprove } from '#domain/restore/second-person.ts'
import type { RestoreWithApproval } from '#domain/restore/second-person.ts'
import { requirePlan } from '#domain/restore/standing-plan.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RestoreRunId } from '#foundation/kernel/ids.ts'

export interface RestoreApprovalInput {
  readonly restoreRunId: RestoreRunId
  /** The hash of the plan that was reviewed, hexadecimal. */
  readonly planHash: string
  /** Why, for whoever reads it later. */
  readonly reason?: string | undefined
}

/**
 * Approves a reviewed plan, so that somebody else may execute it. Approving it again changes nothing.
 * @throws Failure `not_found`, `conflict` for another plan than the one that stands, `invalid_state` without a preview or
 * once it was confirmed, `not_allowed` at the console and for guests.
 */
export async function approveRestore(
  db: Database,
  ctx: TenantContext,
  approver: Person,
  { restoreRunId, planHash, reason }: RestoreApprovalInput,
): Promise<RestoreWithApproval> {
  refuseConsole(approver)
  return inWorkspace(db, ctx, async (tx) => {
    await lockRestore(tx, ctx, restoreRunId)
    const restore = await getRestore(tx, ctx, restoreRunId)
    requirePlan(restore, planHash)
    refuseConfirmed(restore)
    await requireMember(tx, ctx, approver)
    const approval = { approver, planHash, reason: reason ?? null }
    if (await insertApproval(tx, ctx, restoreRunId, approval)) await auditApproval(tx, ctx, restore)
    const seen = await approvalsNow(tx, ctx)
    return seen(await getRestore(tx, ctx, restoreRunId))
  })
}

/** Whoever is at the console has proved nothing of who they are: there it would be one person twice. */
function refuseConsole({ method }: Person): void {
  if (method !== 'console') return
  throw new Failure(
    'not_allowed',
    'A restore is approved by somebody who has proved who they are: sign in with `tenantatlas login <url>`, or in the browser.',
  )
}

function refuseConfirmed({ runId }: RestoreRun): void {
  if (runId === null) return
  throw new Failure('invalid_state', 'This plan has been applied already; there is nothing to approve any more.')
}

/** @throws Failure `not_allowed` for a guest: an operator of the platform lets themselves in, so they are nobody's second person */
async function requireMember(tx: Tx, ctx: TenantContext, { userId }: Person): Promise<void> {
  const members = await membersWhoMay(tx, ctx, mayApprove(ctx))
  if (members.some((member) => member.userId === userId)) return
  throw new Failure('not_allowed', 'A restore is approved by a member of the workspace, and not by a guest.')
}

async function auditApproval(tx: Tx, ctx: TenantContext, { id, planHash, writes, mode }: RestoreRun): Promise<void> {
  await recordAudit(tx, ctx, {
    action: 'restore.approve',
    subject: { kind: 'restore_run', id },
    outcome: 'succeeded',
    detail: { planHash, mode, writes },
  })
}
