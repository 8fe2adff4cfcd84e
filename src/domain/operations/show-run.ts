import { listRunActs } from '#domain/audit/list-run-acts.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { type TimelineEntry, timelineOf } from '#domain/operations/run-timeline.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'

export interface ShownRun {
  readonly run: RunView
  readonly timeline: readonly TimelineEntry[]
}

/** One run of the workspace with what happened to it. @throws Failure `not_found` */
export async function showRun(db: Database, ctx: WorkspaceContext, runId: RunId): Promise<ShownRun> {
  const run = await getRun(db, ctx, runId)
  return { run, timeline: timelineOf(run, await listRunActs(db, ctx, run.id, run)) }
}
