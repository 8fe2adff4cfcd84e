import { latestBackup } from '#domain/backups/show-backup.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId, isUuid } from '#foundation/kernel/ids.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

/**
 * The id of the backup set that a command names; `latest`, or nothing, is the newest one that can be used.
 * @throws Failure `not_found`
 */
export async function backupSetIdOf(db: Database, tenant: TenantContext, text = 'latest'): Promise<BackupSetId> {
  if (text === 'latest') return (await latestBackup(db, tenant)).id
  if (isUuid(text)) return asId(text.toLowerCase())
  throw new Failure('not_found', `There is no backup set "${text}"; \`tenantatlas backup list\` shows those there are.`)
}
