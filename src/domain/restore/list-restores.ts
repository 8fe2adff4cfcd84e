import { restoresOfTenant } from '#domain/restore/restores.store.ts'
import type { RestoreRun } from '#domain/restore/restore-run.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { RestoreRunId } from '#foundation/kernel/ids.ts'

export interface RestorePage {
  readonly items: readonly RestoreRun[]
  /** Give it as `after` to get the next page; null at the end. */
  readonly nextCursor: RestoreRunId | null
}

/** The restore runs of a tenant, newest first. */
export async function listRestores(
  db: Database,
  ctx: TenantContext,
  { limit = 50, after = null }: { readonly limit?: number; readonly after?: RestoreRunId | null } = {},
): Promise<RestorePage> {
  const runs = await inWorkspace(db, ctx, (tx) => restoresOfTenant(tx, ctx, { limit: limit + 1, after }))
  const items = runs.slice(0, limit)
  return { items, nextCursor: runs.length > limit ? (items.at(-1)?.id ?? null) : null }
}
