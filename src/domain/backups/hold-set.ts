import { sql } from 'kysely'
import type { BackupSet } from '#domain/backups/backup-set.ts'
import { getSet } from '#domain/backups/show-backup.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

/**
 * A backup set that is not pruned before the transaction ends.
 * @throws Failure `not_found`; `conflict` when it is pruned at this moment
 */
export async function holdSet(tx: Tx, ctx: TenantContext, id: BackupSetId): Promise<BackupSet> {
  const set = await getSet(tx, ctx, id)
  // Waits for the lock that pruning takes on the set, and finds no row when the set went with it.
  const { rows } = await sql`
    select from backup_sets
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and id = ${id} for key share`.execute(tx)
  if (rows.length > 0) return set
  throw new Failure(
    'conflict',
    `The backup set ${id} was pruned meanwhile, so nothing was planned; choose another one: \`tenantatlas backup list\`.`,
  )
}
