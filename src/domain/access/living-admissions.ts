import { whichLive } from '#domain/access/access.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { Admission } from '#foundation/kernel/context.ts'
import type { WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'

/** Those of the admissions that still let somebody into the workspace: many asked about in one statement. */
export async function livingAdmissions<T extends Admission>(
  db: Database,
  workspaceId: WorkspaceId,
  admissions: readonly T[],
): Promise<ReadonlySet<T>> {
  if (admissions.length === 0) return new Set()
  const ctx = contextOfProduct(workspaceId, 'Events')
  const places = await inWorkspace(db, ctx, (tx) => whichLive(tx, ctx, admissions))
  return new Set(admissions.filter((_, place) => places.has(place)))
}
