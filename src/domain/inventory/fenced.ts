import type { RunHandle } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'

/** One transaction that changes something only while the claim of the run holds. @throws StaleClaim */
export async function fenced<T>(
  ctx: TenantContext,
  { db, run }: { readonly db: Database; readonly run: Pick<RunHandle<unknown>, 'assertFence'> },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return inWorkspace(db, ctx, async (tx) => {
    await run.assertFence(tx)
    return work(tx)
  })
}
