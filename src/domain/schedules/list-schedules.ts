import type { Schedule } from '#domain/schedules/schedule.ts'
import { allSchedules } from '#domain/schedules/schedules.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/** The schedules people made in this workspace, by name; with `withSystem` followed by the product's own. */
export async function listSchedules(
  db: Database,
  ctx: WorkspaceContext,
  { withSystem = false }: { readonly withSystem?: boolean } = {},
): Promise<Schedule[]> {
  return inWorkspace(db, ctx, (tx) => allSchedules(tx, ctx, { withSystem }))
}
