import { manifestItems } from '#domain/backups/backups.store.ts'
import type { ItemCursor } from '#domain/backups/backups.store.ts'
import type { Completeness } from '#domain/backups/backup-set.ts'
import { Manifest } from '#domain/backups/manifest.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

const pageSize = 2_000

/** The manifest hash of a set as its rows are now. */
export async function manifestHashOf(
  tx: Tx,
  ctx: TenantContext,
  { backupSetId, completeness }: { readonly backupSetId: BackupSetId; readonly completeness: Completeness },
): Promise<Buffer> {
  const { workspaceId, tenantId } = ctx
  const manifest = new Manifest({ workspaceId, tenantId, backupSetId, completeness })
  let after: ItemCursor | null = null
  for (;;) {
    const items = await manifestItems(tx, ctx, { backupSetId, after, limit: pageSize })
    manifest.add(items)
    const last = items.at(-1)
    if (last === undefined || items.length < pageSize) return manifest.digest()
    after = { type: last.type, graphId: last.graphId }
  }
}
