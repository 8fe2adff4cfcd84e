import { wakeWorkers } from '#domain/operations/wake.ts'
import type { RunTrigger } from '#domain/operations/operation.ts'
import { getRestore } from '#domain/restore/get-restore.ts'
import { startPreview } from '#domain/restore/plan-restore.ts'
import type { PlannedRestore } from '#domain/restore/plan-restore.ts'
import { writtenTypes } from '#domain/restore/restores.store.ts'
import { endedStates } from '#domain/restore/restore-run.ts'
import type { RestoreState } from '#domain/restore/restore-run.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RestoreRunId } from '#foundation/kernel/ids.ts'

/**
 * Plans the reverse of a restore from the live sets it recorded right before each write. It is previewed and confirmed
 * like any restore, and can be undone itself. Policies that were never written are not in it.
 * @throws Failure `not_found`, `invalid_state` while it runs, `not_applicable` when it wrote nothing.
 */
export async function undoRestore(
  db: Database,
  ctx: TenantContext,
  { restoreRunId, trigger = 'user' }: { readonly restoreRunId: RestoreRunId; readonly trigger?: RunTrigger },
): Promise<PlannedRestore> {
  const planned = await inWorkspace(db, ctx, async (tx) => {
    const restore = await getRestore(tx, ctx, restoreRunId)
    const ended: readonly RestoreState[] = endedStates
    if (!ended.includes(restore.state))
      throw new Failure('invalid_state', 'This restore is not over yet; undo it when it is.')
    if ((await writtenTypes(tx, ctx, restoreRunId)).length === 0) {
      throw new Failure('not_applicable', 'This restore wrote nothing, so there is nothing to undo.')
    }
    const source = { undoOf: restoreRunId }
    return startPreview(tx, ctx, { mode: 'replace', source, scope: { kind: 'all' }, onlyChanged: false }, trigger)
  })
  wakeWorkers(db)
  return planned
}
