import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, type TenantRef } from '#foundation/kernel/ids.ts'

export interface Pause {
  readonly by: string
  readonly at: Date
  readonly reason: string
}

/** Where the runs of one tenant queue, or those of the workspace itself. */
export interface LaneView {
  /** Null: the lane of the workspace itself. */
  readonly tenant: { readonly ref: TenantRef; readonly name: string } | null
  /** May start now, as far as the lane is concerned; `delayed` ones start later. */
  readonly waiting: number
  readonly delayed: number
  readonly running: number
  /** How many of it run at once. */
  readonly limit: number
  readonly pause: Pause | null
  readonly throttledUntil: Date | null
  /** Since when the oldest waiting run may start. */
  readonly oldestWaitingAt: Date | null
}

export interface QueueView {
  /** Some worker process takes runs. */
  readonly hasWorkers: boolean
  readonly lanes: readonly LaneView[]
  readonly pausedTypes: readonly (Pause & { readonly type: string })[]
}

interface LaneRow {
  readonly tenant_ref: string | null
  readonly tenant_name: string | null
  readonly waiting: number
  readonly delayed: number
  readonly running: number
  readonly concurrency: number
  readonly paused: boolean
  readonly paused_by: string | null
  readonly paused_at: Date | null
  readonly reason: string | null
  readonly blocked_until: Date | null
  readonly oldest: Date | null
}

/**
 * The lanes of the workspace that have runs, or are paused, throttled or limited; the longest waiting first. Those of
 * tenants that whoever asks may not see are left out.
 */
export async function showQueue(db: Database, ctx: WorkspaceContext): Promise<QueueView> {
  return inWorkspace(db, ctx, async (tx) => ({
    hasWorkers: await hasWorkers(tx),
    lanes: await lanes(tx, ctx),
    pausedTypes: await pausedTypes(tx, ctx),
  }))
}

async function hasWorkers(tx: Tx): Promise<boolean> {
  const { rows } = await sql`
    select from workers w where w.lease_until > clock_timestamp() and not w.draining limit 1`.execute(tx)
  return rows.length > 0
}

async function lanes(tx: Tx, ctx: WorkspaceContext): Promise<LaneView[]> {
  const { rows } = await sql<LaneRow>`
    with live as (
      select l.lane,
        count(*) filter (where not l.leased and l.run_at <= clock_timestamp()) as waiting,
        count(*) filter (where not l.leased and l.run_at > clock_timestamp()) as delayed,
        count(*) filter (where l.leased) as running,
        min(l.run_at) filter (where not l.leased and l.run_at <= clock_timestamp()) as oldest
      from live_runs l where l.workspace_id = ${ctx.workspaceId} group by l.lane
    ), controls as (
      select k.lane, k.concurrency, k.paused, k.paused_by, k.paused_at, k.reason,
        case when k.blocked_until > clock_timestamp() then k.blocked_until end as blocked_until
      from lane_controls k where k.workspace_id = ${ctx.workspaceId}
    )
    select t.external_id as tenant_ref, t.name as tenant_name, coalesce(l.waiting, 0) as waiting,
      coalesce(l.delayed, 0) as delayed, coalesce(l.running, 0) as running, coalesce(k.concurrency, 1) as concurrency,
      coalesce(k.paused, false) as paused, k.paused_by, k.paused_at, k.reason, k.blocked_until, l.oldest
    from live l full join controls k on k.lane = l.lane
    left join tenants t on t.workspace_id = ${ctx.workspaceId} and t.id = coalesce(l.lane, k.lane)
    where (t.id is not null or coalesce(l.lane, k.lane) = ${ctx.workspaceId})
      and (l.lane is not null or k.paused or k.blocked_until is not null or k.concurrency <> 1)
    order by l.oldest nulls last, t.name nulls first`.execute(tx)
  return rows.map(laneView)
}

function laneView(row: LaneRow): LaneView {
  const { tenant_ref: ref, tenant_name: name, paused_by: by, paused_at: at } = row
  return {
    tenant: ref === null || name === null ? null : { ref: asId<TenantRef>(ref), name },
    waiting: row.waiting,
    delayed: row.delayed,
    running: row.running,
    limit: row.concurrency,
    pause: row.paused && by !== null && at !== null ? { by, at, reason: row.reason ?? '' } : null,
    throttledUntil: row.blocked_until,
    oldestWaitingAt: row.oldest,
  }
}

async function pausedTypes(tx: Tx, { workspaceId }: WorkspaceContext): Promise<QueueView['pausedTypes']> {
  const rows = await tx
    .selectFrom('type_controls')
    .select(['type', 'paused_by', 'paused_at', 'reason'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('type')
    .execute()
  return rows.map(({ type, paused_by: by, paused_at: at, reason }) => ({ type, by, at, reason }))
}
