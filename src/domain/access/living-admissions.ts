import { whichLive } from '#domain/access/access.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { Admission, WorkspaceContext } from '#foundation/kernel/context.ts'

/** Those of the admissions that still let somebody into the workspace: many asked about in one statement. */
export async function livingAdmissions<T extends Admission>(
  db: Database,
  { workspaceId }: Pick<WorkspaceContext, 'workspaceId'>,
  admissions: readonly T[],
): Promise<ReadonlySet<T>> {
  if (admissions.length === 0) return new Set()
  const places = await inWorkspace(db, { workspaceId }, (tx) => whichLive(tx, { workspaceId }, admissions))
  return new Set(admissions.filter((_, place) => places.has(place)))
}
