import { recordAudit } from '#domain/audit/record-audit.ts'
import type { BackupSet } from '#domain/backups/backup-set.ts'
import { setPinned } from '#domain/backups/backups.store.ts'
import { getSet } from '#domain/backups/show-backup.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

/** Pins a backup set: pruning never removes it. Pinning a pinned one changes nothing. @throws Failure `not_found` */
export async function pinBackup(db: Database, ctx: TenantContext, backupSetId: BackupSetId): Promise<BackupSet> {
  return change(db, ctx, { backupSetId, isPinned: true })
}

/** Leaves a backup set to the retention rules again. @throws Failure `not_found` */
export async function unpinBackup(db: Database, ctx: TenantContext, backupSetId: BackupSetId): Promise<BackupSet> {
  return change(db, ctx, { backupSetId, isPinned: false })
}

async function change(
  db: Database,
  ctx: TenantContext,
  { backupSetId, isPinned }: { readonly backupSetId: BackupSetId; readonly isPinned: boolean },
): Promise<BackupSet> {
  return inWorkspace(db, ctx, async (tx) => {
    const set = await getSet(tx, ctx, backupSetId)
    if ((set.pinned !== null) === isPinned) return set
    await setPinned(tx, ctx, { backupSetId, by: isPinned ? ctx.actor.name : null })
    const subject = { kind: 'backup_set', id: backupSetId }
    await recordAudit(tx, ctx, { action: isPinned ? 'backup.pin' : 'backup.unpin', subject, outcome: 'succeeded' })
    return getSet(tx, ctx, backupSetId)
  })
}
