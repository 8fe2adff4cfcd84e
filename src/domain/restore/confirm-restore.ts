import { ensureRun } from '#domain/operations/ensure-run.ts'
import { wakeWorkers } from '#domain/operations/wake.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { getRestore } from '#domain/restore/get-restore.ts'
import { blockingCheck } from '#domain/restore/restore-checks.ts'
import { requireSecondPerson } from '#domain/restore/second-person.ts'
import { requirePlan } from '#domain/restore/standing-plan.ts'
import { lockRestore, setQueued } from '#domain/restore/restores.store.ts'
import type { RestoreRun } from '#domain/restore/restore-run.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RestoreRunId } from '#foundation/kernel/ids.ts'

export interface RestoreConfirmation {
  readonly restoreRunId: RestoreRunId
  /** The hash of the plan that was reviewed, lower-case hexadecimal. */
  readonly planHash: string
  /** The tenant's name as the person typed it. */
  readonly tenantName: string
  readonly trigger?: RunTrigger
}

/**
 * Confirms a reviewed plan and starts its execution. Confirming the same plan again finds the same run, over or not.
 * @throws Failure `not_found`, `conflict` for another plan than the one that stands, `invalid_input` for another
 * tenant's name, `invalid_state` without a preview, the reason of a blocking check, `second_person_required`.
 */
export async function confirmRestore(
  db: Database,
  ctx: TenantContext,
  confirmation: RestoreConfirmation,
): Promise<EnsuredRun> {
  const ensured = await inWorkspace(db, ctx, async (tx) => {
    await lockRestore(tx, ctx, confirmation.restoreRunId)
    const restore = await getRestore(tx, ctx, confirmation.restoreRunId)
    refuse(ctx, restore, confirmation)
    // Not by its identity: that is free again when the run's cooldown is over, and a plan is executed once.
    if (restore.runId !== null) return { disposition: 'active', runId: restore.runId } as const
    const confirmedById = ctx.actor.kind === 'user' ? ctx.actor.userId : null
    const approval = await requireSecondPerson(tx, ctx, { restore, executor: confirmedById })
    const input = { restoreRunId: restore.id }
    const run = await ensureRun(tx, ctx, {
      type: 'assignments.restore',
      input,
      trigger: confirmation.trigger ?? 'user',
      context: { restoreRunId: restore.id },
    })
    await setQueued(tx, ctx, restore.id, { runId: run.runId, confirmedById })
    await recordAudit(tx, ctx, {
      action: 'restore.confirm',
      subject: { kind: 'restore_run', id: restore.id },
      outcome: 'succeeded',
      runId: run.runId,
      detail: {
        planHash: confirmation.planHash,
        mode: restore.mode,
        ...(approval && { approvedBy: approval.approverId }),
      },
    })
    return run
  })
  if (ensured.disposition === 'created') wakeWorkers(db)
  return ensured
}

function refuse(ctx: TenantContext, restore: RestoreRun, { planHash, tenantName }: RestoreConfirmation): void {
  requirePlan(restore, planHash)
  if (tenantName !== ctx.tenantName) {
    throw new Failure('invalid_input', `Type the name of the tenant exactly as it is to confirm: "${ctx.tenantName}".`)
  }
  if (restore.runId !== null) return
  const blocking = blockingCheck(restore.checks)
  if (blocking) throw new Failure(blocking.reason, blocking.message)
}
