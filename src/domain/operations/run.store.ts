import { sql } from 'kysely'
import type { RunOutcome, RunStatus, RunTrigger } from '#domain/operations/operation.ts'
import type { RunRow } from '#domain/operations/run-view.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { RunId, TenantId, UserId } from '#foundation/kernel/ids.ts'
import type { ListPlace } from '#foundation/kernel/list-cursor.ts'

export interface RunQuery {
  readonly tenantId?: TenantId
  readonly types?: readonly string[]
  readonly statuses?: readonly RunStatus[]
  readonly outcomes?: readonly RunOutcome[]
  readonly triggers?: readonly RunTrigger[]
  /** Started by this person, or by whoever has this name, whatever its case. */
  readonly initiator?: UserId | { readonly name: string }
  /** Created at or after; absent: in the last 30 days. */
  readonly since?: Date
  /** Created before. */
  readonly until?: Date
}

export async function runExists(
  db: Database,
  { ctx, runId }: { readonly ctx: WorkspaceContext; readonly runId: RunId },
): Promise<boolean> {
  const found = await inWorkspace(db, ctx, (tx) =>
    tx
      .selectFrom('operation_runs')
      .select('id')
      .where('workspace_id', '=', ctx.workspaceId)
      .where('id', '=', runId)
      .executeTakeFirst(),
  )
  return found !== undefined
}

export async function findRun(db: Database, ctx: WorkspaceContext, runId: RunId): Promise<RunRow | undefined> {
  return inWorkspace(db, ctx, (tx) => overview(tx, ctx).where('run.id', '=', runId).executeTakeFirst())
}

/** Newest first. What is active is few rows, found from the live runs; the rest is read along the history index. */
export async function runsBefore(
  db: Database,
  ctx: WorkspaceContext,
  page: { query: RunQuery; before: ListPlace | null; limit: number },
): Promise<(RunRow & { place: string })[]> {
  return inWorkspace(db, ctx, (tx) => pageOf(tx, ctx, page).execute())
}

function pageOf(
  tx: Tx,
  ctx: WorkspaceContext,
  { query, before, limit }: { query: RunQuery; before: ListPlace | null; limit: number },
) {
  const { statuses, outcomes, types, triggers, tenantId, initiator, since, until } = query
  const open = ctx.admission?.tenantIds ?? null
  const isActiveOnly = statuses !== undefined && !statuses.includes('completed')
  return overview(tx, ctx)
    .select(sql<string>`run.created_at::text`.as('place'))
    .where('run.created_at', '>=', since === undefined ? thirtyDaysAgo : sql<Date>`${since}::timestamptz`)
    .$if(isActiveOnly, (q) => q.where('run.id', 'in', activeRunIds(tx, ctx)))
    .$if(open !== null, (q) => q.where(sql<boolean>`(run.tenant_id is null or run.tenant_id = any (${open}))`))
    .$if(statuses !== undefined, (q) => q.where('run.status', 'in', statuses ?? []))
    .$if(outcomes !== undefined, (q) => q.where('run.outcome', 'in', outcomes ?? []))
    .$if(types !== undefined, (q) => q.where('run.type', 'in', types ?? []))
    .$if(tenantId !== undefined, (q) => q.where('run.tenant_id', '=', tenantId ?? null))
    .$if(triggers !== undefined, (q) => q.where('run.trigger', 'in', triggers ?? []))
    .$if(typeof initiator === 'string', (q) => q.where('run.initiator_id', '=', initiator as UserId))
    .$if(typeof initiator === 'object', (q) =>
      q.where(sql`lower(run.initiator_name)`, '=', (initiator as { name: string }).name.toLowerCase()),
    )
    .$if(until !== undefined, (q) => q.where('run.created_at', '<', sql<Date>`${until}::timestamptz`))
    .$if(before !== null, (q) =>
      q.where(sql<boolean>`(run.created_at, run.id) < (${before?.createdAt}::timestamptz, ${before?.id}::uuid)`),
    )
    .orderBy('run.created_at', 'desc')
    .orderBy('run.id', 'desc')
    .limit(limit)
}

const thirtyDaysAgo = sql<Date>`clock_timestamp() - interval '30 days'`

/** Runs with what stands beside them, and what freshness is derived from: read at one moment, with the database's clock. */
function overview(tx: Tx, { workspaceId }: WorkspaceContext) {
  return tx
    .selectFrom('run_overview as run')
    .leftJoin('tenants as tenant', (join) =>
      join.onRef('tenant.workspace_id', '=', 'run.workspace_id').onRef('tenant.id', '=', 'run.tenant_id'),
    )
    .leftJoin('lane_controls as lane', (join) =>
      join
        .onRef('lane.workspace_id', '=', 'run.workspace_id')
        .on('lane.lane', '=', sql<string>`coalesce(run.tenant_id, run.workspace_id)`)
        .on('run.status', '<>', 'completed'),
    )
    .leftJoin('type_controls as paused', (join) =>
      join
        .onRef('paused.workspace_id', '=', 'run.workspace_id')
        .onRef('paused.type', '=', 'run.type')
        .on('run.status', '<>', 'completed'),
    )
    .leftJoin('workers as worker', 'worker.id', 'run.lease_owner')
    .selectAll('run')
    .select([
      'tenant.external_id as tenant_external_id',
      'tenant.name as tenant_name',
      'lane.paused as lane_paused',
      'lane.paused_by as lane_paused_by',
      'lane.reason as lane_reason',
      'lane.blocked_until',
      'paused.paused_by as type_paused_by',
      'paused.reason as type_reason',
      'worker.lease_until',
      sql<Date>`clock_timestamp()`.as('now'),
      sql<boolean>`run.status = 'queued' and exists (
        select from live_runs other where other.leased and other.workspace_id = run.workspace_id
          and other.lane = coalesce(run.tenant_id, run.workspace_id))`.as('lane_busy'),
      sql<boolean>`run.status = 'queued' and exists (
        select from workers one where one.lease_until > clock_timestamp() and not one.draining)`.as('has_workers'),
    ])
    .where('run.workspace_id', '=', workspaceId)
}

/** The runs with these ids, in any order. */
export function runsWithIds(tx: Tx, ctx: WorkspaceContext, ids: readonly RunId[]): Promise<RunRow[]> {
  return overview(tx, ctx).where('run.id', 'in', ids).execute()
}

/** Runs that were created or ended since a moment, and all that a worker has begun and not ended. */
export async function idsChangedSince(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { since, limit }: { readonly since: number; readonly limit: number },
): Promise<RunId[]> {
  const from = sql`to_timestamp(${since}::numeric / 1000000)`
  const { rows } = await sql<{ id: string }>`
    (select r.id from operation_runs r
      where r.workspace_id = ${workspaceId} and r.created_at is not null and r.created_at > ${from}
      order by r.created_at desc limit ${limit})
    union
    (select r.id from operation_runs r
      where r.workspace_id = ${workspaceId} and r.completed_at is not null and r.completed_at > ${from}
      order by r.completed_at desc limit ${limit})
    union
    (select l.run_id from live_runs l where l.workspace_id = ${workspaceId} and l.attempt > 0 limit ${limit})`.execute(
    tx,
  )
  return rows.map(({ id }) => asId<RunId>(id))
}

/** The database's clock in microseconds since 1970. */
export async function clockMicros(tx: Tx): Promise<number> {
  const { rows } = await sql<{ now: number }>`
    select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now`.execute(tx)
  if (rows[0] === undefined) throw new TypeError('the clock did not answer')
  return rows[0].now
}

function activeRunIds(tx: Tx, { workspaceId }: WorkspaceContext) {
  return tx.selectFrom('live_runs').select('run_id').where('workspace_id', '=', workspaceId)
}
