import { setDraining } from '#domain/operations/drain-worker.ts'
import type { Operator } from '#domain/platform/operator.ts'
import { insertPlatformEvent } from '#domain/platform/operators.store.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkerId } from '#foundation/kernel/ids.ts'

/** Lets a worker take nothing more, or take runs again, as an operator. @throws Failure `not_found` */
export async function steerWorker(
  db: Database,
  operator: Operator,
  workerId: WorkerId,
  { isDraining }: { readonly isDraining: boolean },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await setDraining(tx, workerId, isDraining)
    await insertPlatformEvent(tx, operator, {
      action: isDraining ? 'worker.drain' : 'worker.resume',
      subject: workerId,
    })
  })
}
