import { findRun } from '#domain/operations/run.store.ts'
import { runView, type RunView } from '#domain/operations/run-view.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid, type RunId } from '#foundation/kernel/ids.ts'

/** One run of the workspace. @throws Failure `not_found`, also for a run of another workspace */
export async function getRun(db: Database, ctx: WorkspaceContext, runId: RunId): Promise<RunView> {
  const row = isUuid(runId) ? await findRun(db, ctx, runId) : undefined
  if (row === undefined)
    throw new Failure('not_found', `There is no run ${runId} here; \`tenantatlas run list\` shows which there are.`)
  return runView(row)
}
