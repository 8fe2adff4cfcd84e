import { restoresOfTenant } from '#domain/restore/restores.store.ts'
import { approvalsNow } from '#domain/restore/second-person.ts'
import type { RestoreWithApproval } from '#domain/restore/second-person.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { readCursor, writeCursor } from '#foundation/kernel/list-cursor.ts'

export interface RestorePage {
  readonly items: readonly RestoreWithApproval[]
  /** Give it as `cursor` to get the next page; null at the end. */
  readonly nextCursor: string | null
}

/** The restore runs of a tenant, newest first. @throws Failure `invalid_input` for a cursor that no page gave */
export async function listRestores(
  db: Database,
  ctx: TenantContext,
  { limit = 50, cursor }: { readonly limit?: number; readonly cursor?: string | undefined } = {},
): Promise<RestorePage> {
  const after = cursor === undefined ? null : readCursor(cursor)
  return inWorkspace(db, ctx, async (tx) => {
    const found = await restoresOfTenant(tx, ctx, { limit: limit + 1, after })
    const page = found.slice(0, limit)
    const last = found.length > limit ? page.at(-1) : undefined
    const seen = await approvalsNow(tx, ctx)
    return {
      items: page.map(({ restore }) => seen(restore)),
      nextCursor: last === undefined ? null : writeCursor(last.place),
    }
  })
}
