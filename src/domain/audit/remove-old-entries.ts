import { databaseTime, deleteFront, insertCheckpoint, moveAnchor } from '#domain/audit/chain.store.ts'
import { signCheckpoint } from '#domain/audit/checkpoint.ts'
import type { Signer } from '#foundation/crypto/sign.ts'
import type { Tx } from '#foundation/db/database.ts'
import { beforeCommit } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/**
 * Deletes entries older than that, the oldest first, and never one behind a younger one; answers how many. Signs how far
 * in the same transaction, so that the rest of the chain stays verifiable. Nothing else ever deletes from the audit log.
 */
export async function removeOldEntries(
  tx: Tx,
  ctx: WorkspaceContext,
  { signer, days, limit }: { readonly signer: Signer; readonly days: number; readonly limit: number },
): Promise<number> {
  const { count, last } = await deleteFront(tx, ctx, { days, limit })
  if (last === null) return 0
  const at = (await databaseTime(tx)).toISOString()
  const hash = last.hash.toString('hex')
  const checkpoint = signCheckpoint(signer, { workspaceId: ctx.workspaceId, kind: 'front', seq: last.seq, hash, at })
  await insertCheckpoint(tx, ctx, checkpoint)
  beforeCommit(tx, () => moveAnchor(tx, ctx, last))
  return count
}
