import { recordAudit } from '#domain/audit/record-audit.ts'
import { wakeCancelled } from '#domain/operations/wake.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { WorkerId } from '#foundation/kernel/ids.ts'

/**
 * Lets a worker process finish what it has and take nothing more, until it is resumed; also under a new lease. The process
 * goes on living: whoever drained it may stop it once it holds nothing.
 * @throws Failure `not_found` when no such worker has a lease
 */
export async function drainWorker(db: Database, ctx: WorkspaceContext, workerId: WorkerId): Promise<void> {
  await drainIn(db, ctx, workerId, true)
}

/** Lets a drained worker take runs again. @throws Failure `not_found` when no such worker has a lease */
export async function resumeWorker(db: Database, ctx: WorkspaceContext, workerId: WorkerId): Promise<void> {
  await drainIn(db, ctx, workerId, false)
}

/** The flag alone, in the caller's transaction; its heartbeat reads it. @throws Failure `not_found` */
export async function setDraining(tx: Tx, workerId: WorkerId, draining: boolean): Promise<void> {
  const changed = await tx.updateTable('workers').set({ draining }).where('id', '=', workerId).executeTakeFirst()
  if (changed.numUpdatedRows === 0n)
    throw new Failure('not_found', `There is no worker ${workerId}; \`tenantatlas worker list\` shows which there are.`)
}

async function drainIn(db: Database, ctx: WorkspaceContext, workerId: WorkerId, draining: boolean): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    await setDraining(tx, workerId, draining)
    const action = draining ? 'worker.drain' : 'worker.resume'
    await recordAudit(tx, ctx, {
      action,
      subject: { kind: 'worker', id: workerId },
      outcome: draining ? 'draining' : 'resumed',
    })
  })
  // Its heartbeat reads the flag.
  wakeCancelled(db)
}
