import type { BackupSet } from '#domain/backups/backup-set.ts'
import { setsOfTenant, type SetQuery } from '#domain/backups/backups.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { readCursor, writeCursor } from '#foundation/kernel/list-cursor.ts'

export interface BackupPage {
  readonly items: readonly BackupSet[]
  /** Give it as `cursor` to get the next page; null at the end. */
  readonly nextCursor: string | null
}

export interface BackupListOptions extends SetQuery {
  /** Default 50. */
  readonly limit?: number
  readonly cursor?: string | undefined
}

/** The backup sets of a tenant that are like that, newest first. @throws Failure `invalid_input` for a cursor that no page gave */
export async function listBackups(
  db: Database,
  ctx: TenantContext,
  { limit = 50, cursor, ...query }: BackupListOptions = {},
): Promise<BackupPage> {
  const after = cursor === undefined ? null : readCursor(cursor)
  const found = await inWorkspace(db, ctx, (tx) => setsOfTenant(tx, ctx, { ...query, limit: limit + 1, after }))
  const page = found.slice(0, limit)
  const last = found.length > limit ? page.at(-1) : undefined
  return { items: page.map(({ set }) => set), nextCursor: last === undefined ? null : writeCursor(last.place) }
}
