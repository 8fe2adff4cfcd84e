import { listBackups } from '#domain/backups/list-backups.ts'
import { latestBackup } from '#domain/backups/show-backup.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId, isUuid } from '#foundation/kernel/ids.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'
import { endingWith, recent } from '#entrypoints/cli/ending-with.ts'

/**
 * The id of the backup set that a command names; the end of its id is enough for a recent one;
 * `latest`, or nothing, is the newest one that can be used.
 * @throws Failure `not_found`, `ambiguous`
 */
export async function backupSetIdOf(db: Database, tenant: TenantContext, text = 'latest'): Promise<BackupSetId> {
  if (text === 'latest') return (await latestBackup(db, tenant)).id
  if (isUuid(text)) return asId(text.toLowerCase())
  const { items } = await listBackups(db, tenant, { limit: recent })
  const found = endingWith(items, { text, plural: 'backup sets' })
  if (found !== undefined) return found.id
  throw new Failure('not_found', `There is no backup set "${text}"; \`tenantatlas backup list\` shows those there are.`)
}
