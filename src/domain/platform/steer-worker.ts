import { setDraining } from '#domain/operations/set-draining.ts'
import { wakeCancelled } from '#domain/operations/wake.ts'
import type { PlatformActor } from '#domain/platform/operator.ts'
import { insertPlatformEvent } from '#domain/platform/operators.store.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkerId } from '#foundation/kernel/ids.ts'

/** Lets a worker take nothing more, or take runs again; its heartbeat reads it. @throws Failure `not_found` */
export async function steerWorker(
  db: Database,
  by: PlatformActor,
  workerId: WorkerId,
  { isDraining }: { readonly isDraining: boolean },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await setDraining(tx, workerId, isDraining)
    await insertPlatformEvent(tx, by, {
      action: isDraining ? 'worker.drain' : 'worker.resume',
      subject: workerId,
    })
  })
  wakeCancelled(db)
}
