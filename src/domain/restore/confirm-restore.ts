import { ensureRun } from '#domain/operations/ensure-run.ts'
import { wakeWorkers } from '#domain/operations/wake.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { getRestore } from '#domain/restore/get-restore.ts'
import { blockingCheck } from '#domain/restore/restore-checks.ts'
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
 * tenant's name, `invalid_state` without a preview, and the reason of a blocking check.
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
    const input = { restoreRunId: restore.id }
    const run = await ensureRun(tx, ctx, {
      type: 'assignments.restore',
      input,
      trigger: confirmation.trigger ?? 'user',
      context: { restoreRunId: restore.id },
    })
    await setQueued(tx, ctx, restore.id, run.runId)
    await recordAudit(tx, ctx, {
      action: 'restore.confirm',
      subject: { kind: 'restore_run', id: restore.id },
      outcome: 'succeeded',
      runId: run.runId,
      detail: { planHash: confirmation.planHash, mode: restore.mode },
    })
    return run
  })
  if (ensured.disposition === 'created') wakeWorkers(db)
  return ensured
}

function refuse(ctx: TenantContext, restore: RestoreRun, { planHash, tenantName }: RestoreConfirmation): void {
  if (restore.planHash === null) {
    throw new Failure(
      'invalid_state',
      restore.state === 'draft'
        ? 'There is no preview yet; wait until it is made.'
        : 'The preview failed; make a new plan.',
    )
  }
  if (planHash.toLowerCase() !== restore.planHash) {
    throw new Failure('conflict', 'This is not the plan you reviewed: look at the plan again and confirm that one.')
  }
  if (tenantName !== ctx.tenantName) {
    throw new Failure('invalid_input', `Type the name of the tenant exactly as it is to confirm: "${ctx.tenantName}".`)
  }
  if (restore.runId !== null) return
  const blocking = blockingCheck(restore.checks)
  if (blocking) throw new Failure(blocking.reason, blocking.message)
}
