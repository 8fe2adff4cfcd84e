import { latestBackup } from '#domain/backups/show-backup.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

/** The backup set a request names; else the newest one can restore from. @throws Failure `not_found` when there is none */
export async function backupOf(db: Database, tenant: TenantContext, named: string | undefined): Promise<BackupSetId> {
  return named === undefined ? (await latestBackup(db, tenant)).id : asId(named)
}
