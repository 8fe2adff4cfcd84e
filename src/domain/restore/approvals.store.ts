import { sql } from 'kysely'
import type { Approval } from '#domain/restore/restore-run.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { RestoreRunId, UserId } from '#foundation/kernel/ids.ts'

export interface ApprovalRow {
  approver_id: string
  approver_name: string
  plan_hash: string
  reason: string | null
  approved_at: string
}

/** Of the row `r` of a statement over restore runs: its approvals, in the order in which they were given. */
export const approvalsOfRun = sql<ApprovalRow[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('approver_id', a.approver_id, 'approver_name', a.approver_name,
    'plan_hash', encode(a.plan_hash, 'hex'), 'reason', a.reason, 'approved_at', a.approved_at)
    order by a.approved_at, a.approver_id), '[]')
  from restore_approvals a where a.workspace_id = r.workspace_id and a.restore_run_id = r.id)`

export function toApproval(row: ApprovalRow): Approval {
  return {
    approverId: asId(row.approver_id),
    approverName: row.approver_name,
    planHash: row.plan_hash,
    reason: row.reason,
    approvedAt: new Date(row.approved_at),
  }
}

/** Whether the approval is new; one that this person gave before stays as it is. */
export async function insertApproval(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
  { approver, planHash, reason }: NewApproval,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('restore_approvals')
    .values({
      workspace_id: ctx.workspaceId,
      restore_run_id: id,
      approver_id: approver.userId,
      tenant_id: ctx.tenantId,
      approver_name: approver.name,
      plan_hash: Buffer.from(planHash, 'hex'),
      reason,
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'restore_run_id', 'approver_id']).doNothing())
    .returning('approver_id')
    .executeTakeFirst()
  return inserted !== undefined
}

export interface NewApproval {
  readonly approver: { readonly userId: UserId; readonly name: string }
  /** Lower-case hexadecimal. */
  readonly planHash: string
  readonly reason: string | null
}
