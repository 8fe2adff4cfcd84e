import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { sql } from 'kysely'

/** What somebody did to a run. */
export interface RunAct {
  readonly action: 'run.cancel' | 'run.override_cooldown'
  readonly at: Date
  readonly by: string
  /** As they gave it, where one is asked for. */
  readonly reason: string | null
}

interface Span {
  readonly createdAt: Date
  readonly completedAt: Date | null
}

/** Who cancelled a run, or started it inside a cooldown, and why; the oldest first. */
export async function listRunActs(
  db: Database,
  ctx: WorkspaceContext,
  runId: RunId,
  { createdAt, completedAt }: Span,
): Promise<RunAct[]> {
  const rows = await inWorkspace(db, ctx, (tx) =>
    tx
      .selectFrom('audit_entries')
      .select(['action', 'at', 'actor_name', sql<string | null>`detail ->> 'reason'`.as('reason')])
      .where('workspace_id', '=', ctx.workspaceId)
      // The entries have no index by run: the time of the run keeps to a part of them. A cancel is written just after the end.
      .where('at', '>=', sql<Date>`${createdAt}::timestamptz - interval '1 second'`)
      .where('at', '<=', sql<Date>`coalesce(${completedAt}::timestamptz, clock_timestamp()) + interval '1 minute'`)
      .where('run_id', '=', runId)
      .where('action', 'in', ['run.cancel', 'run.override_cooldown'])
      .orderBy('at')
      .execute(),
  )
  return rows.map(({ action, at, actor_name: by, reason }) => ({ action: action as RunAct['action'], at, by, reason }))
}
