import { cut, ProblemList, rewritten, unsigned } from '#domain/audit/chain-problems.ts'
import type { ChainReport } from '#domain/audit/chain-report.ts'
import { chainEnds, hashesAt, lastEntry } from '#domain/audit/chain.store.ts'
import { checkSignature, type Checkpoint } from '#domain/audit/checkpoint.ts'
import { newestOf } from '#domain/audit/verify-part.ts'
import type { SigningKeys } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

export type KeptReport = Pick<ChainReport, 'problems' | 'problemCount'> & ChainReport['checkpoints']

/**
 * Compares checkpoints that were kept elsewhere with the log as it is now: whether their keys signed them, and whether
 * their entries are there with the hashes they say. Those of other workspaces are left aside. That entries between them
 * are missing is for `verifyPart` to say.
 */
export async function checkKept(
  db: Database,
  ctx: WorkspaceContext,
  { keys, kept }: { readonly keys: SigningKeys; readonly kept: readonly Checkpoint[] },
): Promise<KeptReport> {
  const ours = kept.filter(({ workspaceId }) => workspaceId === ctx.workspaceId)
  const found = await inWorkspace(db, ctx, async (tx) => ({
    hashes: await hashesAt(
      tx,
      ctx,
      ours.map(({ seq }) => seq),
    ),
    last: (await lastEntry(tx, ctx)) ?? (await chainEnds(tx, ctx))?.anchor.seq ?? 0,
  }))
  const problems = new ProblemList()
  const states = ours.map((checkpoint) => ({ checkpoint, state: checkSignature(keys, checkpoint) }))
  for (const { checkpoint, state } of states) if (state !== 'valid') problems.add(unsigned(checkpoint, state))
  const valid = states.flatMap(({ checkpoint, state }) => (state === 'valid' ? [checkpoint] : []))
  for (const checkpoint of valid) {
    const hash = found.hashes.get(checkpoint.seq)?.toString('hex')
    if (hash !== undefined && hash !== checkpoint.hash) problems.add(rewritten(checkpoint))
  }
  const [beyond] = valid.filter(({ seq }) => seq > found.last).toSorted((a, b) => b.seq - a.seq)
  if (beyond !== undefined) problems.add(cut(found.last, beyond))
  return { checked: ours.length, newest: newestOf(valid), ...problems.found }
}
