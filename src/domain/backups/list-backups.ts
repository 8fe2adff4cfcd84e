import type { BackupSet } from '#domain/backups/backup-set.ts'
import { setsOfTenant } from '#domain/backups/backups.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

export interface BackupPage {
  readonly items: readonly BackupSet[]
  /** Give it as `after` to get the next page; null at the end. */
  readonly nextCursor: BackupSetId | null
}

/** The backup sets of a tenant, newest first. */
export async function listBackups(
  db: Database,
  ctx: TenantContext,
  { limit = 50, after = null }: { readonly limit?: number; readonly after?: BackupSetId | null } = {},
): Promise<BackupPage> {
  const sets = await inWorkspace(db, ctx, (tx) => setsOfTenant(tx, ctx, { limit: limit + 1, after }))
  const items = sets.slice(0, limit)
  return { items, nextCursor: sets.length > limit ? (items.at(-1)?.id ?? null) : null }
}
