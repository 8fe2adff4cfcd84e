import { sql } from 'kysely'
import type { RunOutcome, RunStatus } from '#domain/operations/operation.ts'
import type { RunRow } from '#domain/operations/run-view.ts'
import type { Database } from '#foundation/db/database.ts'
import type { RunId, TenantId, WorkspaceId } from '#foundation/kernel/ids.ts'

interface RunKey {
  readonly workspaceId: WorkspaceId
  readonly runId: RunId
}

/** Where a page of the list begins: after this run. The time is PostgreSQL's text, to the microsecond. */
export interface RunPlace {
  readonly createdAt: string
  readonly id: string
}

export interface RunQuery {
  readonly tenantId?: TenantId
  readonly types?: readonly string[]
  readonly statuses?: readonly RunStatus[]
  readonly outcomes?: readonly RunOutcome[]
  /** Created at or after; absent: in the last 30 days. */
  readonly since?: Date
  /** Created before. */
  readonly until?: Date
}

export async function runExists(db: Database, { workspaceId, runId }: RunKey): Promise<boolean> {
  const found = await db
    .selectFrom('operation_runs')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', runId)
    .executeTakeFirst()
  return found !== undefined
}

export async function findRun(db: Database, { workspaceId, runId }: RunKey): Promise<RunRow | undefined> {
  return overview(db, workspaceId).where('run.id', '=', runId).executeTakeFirst()
}

/** Newest first. What is active is few rows, found from the live runs; the rest is read along the history index. */
export async function runsBefore(
  db: Database,
  workspaceId: WorkspaceId,
  { query, before, limit }: { query: RunQuery; before: RunPlace | null; limit: number },
): Promise<(RunRow & { place: string })[]> {
  const { statuses, outcomes, types, tenantId, since, until } = query
  const isActiveOnly = statuses !== undefined && !statuses.includes('completed')
  return overview(db, workspaceId)
    .select(sql<string>`run.created_at::text`.as('place'))
    .where('run.created_at', '>=', since ?? sql<Date>`clock_timestamp() - interval '30 days'`)
    .$if(isActiveOnly, (q) => q.where('run.id', 'in', activeRunIds(db, workspaceId)))
    .$if(statuses !== undefined, (q) => q.where('run.status', 'in', statuses ?? []))
    .$if(outcomes !== undefined, (q) => q.where('run.outcome', 'in', outcomes ?? []))
    .$if(types !== undefined, (q) => q.where('run.type', 'in', types ?? []))
    .$if(tenantId !== undefined, (q) => q.where('run.tenant_id', '=', tenantId ?? null))
    .$if(until !== undefined, (q) => q.where('run.created_at', '<', until ?? null))
    .$if(before !== null, (q) =>
      q.where(sql<boolean>`(run.created_at, run.id) < (${before?.createdAt}::timestamptz, ${before?.id}::uuid)`),
    )
    .orderBy('run.created_at', 'desc')
    .orderBy('run.id', 'desc')
    .limit(limit)
    .execute()
}

function overview(db: Database, workspaceId: WorkspaceId) {
  return db
    .selectFrom('run_overview as run')
    .leftJoin('tenants as tenant', (join) =>
      join.onRef('tenant.workspace_id', '=', 'run.workspace_id').onRef('tenant.id', '=', 'run.tenant_id'),
    )
    .selectAll('run')
    .select(['tenant.external_id as tenant_external_id', 'tenant.name as tenant_name'])
    .where('run.workspace_id', '=', workspaceId)
}

function activeRunIds(db: Database, workspaceId: WorkspaceId) {
  return db.selectFrom('live_runs').select('run_id').where('workspace_id', '=', workspaceId)
}
