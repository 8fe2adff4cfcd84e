import { storedItems } from '#domain/backups/backups.store.ts'
import type { BackupItemType } from '#domain/backups/backup-set.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

interface ItemRef {
  readonly type: BackupItemType
  readonly graphId: string
}

/** Those of the wanted items that a set does not hold. */
export async function itemsNotIn<T extends ItemRef>(
  tx: Tx,
  ctx: TenantContext,
  { backupSetId, items }: { readonly backupSetId: BackupSetId; readonly items: readonly T[] },
): Promise<T[]> {
  const held = await storedItems(tx, ctx, { backupSetId, items, after: null, limit: items.length })
  const keys = new Set(held.map(({ type, graphId }) => `${type}/${graphId}`))
  return items.filter(({ type, graphId }) => !keys.has(`${type}/${graphId}`))
}
