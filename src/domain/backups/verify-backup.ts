import { getSet } from '#domain/backups/show-backup.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

/**
 * Starts the verification of a set: every part and snapshot is read and hashed again.
 * @throws Failure `not_found`, `invalid_state` while the set is being captured.
 */
export async function verifyBackup(
  db: Database,
  ctx: TenantContext,
  { backupSetId, trigger = 'user' }: { readonly backupSetId: BackupSetId; readonly trigger?: RunTrigger },
): Promise<EnsuredRun> {
  const set = await inWorkspace(db, ctx, (tx) => getSet(tx, ctx, backupSetId))
  if (set.state === 'capturing')
    throw new Failure('invalid_state', 'This backup is still being made; verify it when it is done.')
  return startRun(db, ctx, { type: 'backup.verify', input: { backupSetId }, trigger, context: { backupSetId } })
}
