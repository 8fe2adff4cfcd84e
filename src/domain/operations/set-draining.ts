import type { Tx } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { WorkerId } from '#foundation/kernel/ids.ts'

/**
 * Lets a worker process finish what it has and take nothing more, also under a new lease, or take runs again; in the
 * caller's transaction. The process goes on living: whoever drained it may stop it once it holds nothing.
 * @throws Failure `not_found` when no such worker has a lease
 */
export async function setDraining(tx: Tx, workerId: WorkerId, draining: boolean): Promise<void> {
  const changed = await tx.updateTable('workers').set({ draining }).where('id', '=', workerId).executeTakeFirst()
  if (changed.numUpdatedRows === 0n)
    throw new Failure('not_found', `There is no worker ${workerId}; \`tenantatlas worker list\` shows which there are.`)
}
