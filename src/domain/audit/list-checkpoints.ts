import { checkpointsOf } from '#domain/audit/chain.store.ts'
import type { Checkpoint } from '#domain/audit/checkpoint.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/** Everything that was signed of the audit log of the workspace, the oldest first. */
export async function listCheckpoints(db: Database, ctx: WorkspaceContext): Promise<readonly Checkpoint[]> {
  return inWorkspace(db, ctx, (tx) => checkpointsOf(tx, ctx))
}
