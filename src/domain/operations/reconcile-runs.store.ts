/** What the reconciliation of one workspace reads and mends. Only reads of what is active, so the history costs nothing. */
import { sql } from 'kysely'
import type { RunPriority } from '#domain/operations/catalog.ts'
import type { FailureLine } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, type RunId } from '#foundation/kernel/ids.ts'

/** An active run, for a line of the report. */
export interface ActiveRun {
  readonly runId: RunId
  readonly type: string
}

interface ActiveRow {
  readonly id: string
  readonly type: string
}

/** Pending runs without a live row: nobody would ever claim them. */
export async function pendingWithoutLiveRow(db: Database, ctx: WorkspaceContext): Promise<ActiveRun[]> {
  const statement = sql<ActiveRow>`
    select r.id, r.type from operation_runs r
    where r.workspace_id = ${ctx.workspaceId} and r.holds and r.tenant_id is not null and r.outcome = 'pending'
      and not exists (select from live_runs l where l.workspace_id = ${ctx.workspaceId} and l.run_id = r.id)
    union all
    select r.id, r.type from operation_runs r
    where r.workspace_id = ${ctx.workspaceId} and r.holds and r.tenant_id is null and r.outcome = 'pending'
      and not exists (select from live_runs l where l.workspace_id = ${ctx.workspaceId} and l.run_id = r.id)`
  const { rows } = await inWorkspace(db, ctx, (tx) => statement.execute(tx))
  return rows.map(activeRun)
}

/** False when it has ended or was queued meanwhile. */
export async function requeueRun(
  db: Database,
  { ctx, runId }: { readonly ctx: WorkspaceContext; readonly runId: RunId },
  entry: { readonly priority: RunPriority; readonly maxAttempts: number; readonly limitMinutes: number },
): Promise<boolean> {
  const rank = entry.priority === 'interactive' ? 0 : 1
  const statement = sql<{ done: boolean }>`
    select requeue_run(${ctx.workspaceId}, ${runId}, ${rank}, ${entry.maxAttempts}, make_interval(mins => ${entry.limitMinutes}))
      as done`
  const { rows } = await inWorkspace(db, ctx, (tx) => statement.execute(tx))
  return rows[0]?.done === true
}

/** Deletes live rows of runs that have ended; says which. */
export async function dropEndedLiveRows(db: Database, ctx: WorkspaceContext): Promise<ActiveRun[]> {
  const statement = sql<ActiveRow>`
    delete from live_runs l using operation_runs r
    where l.workspace_id = ${ctx.workspaceId} and r.workspace_id = ${ctx.workspaceId} and r.id = l.run_id and r.outcome <> 'pending'
    returning r.id, r.type`
  const { rows } = await inWorkspace(db, ctx, (tx) => statement.execute(tx))
  return rows.map(activeRun)
}

/** Ends an active run as its record says; false when a worker that lives has it, or it has ended meanwhile. */
export async function settleRun(
  db: Database,
  { ctx, runId, auditId }: { readonly ctx: WorkspaceContext; readonly runId: RunId; readonly auditId: string },
  end: {
    readonly verdict: 'returned' | 'failed' | 'cancelled'
    readonly atBest: 'partially_succeeded' | null
    readonly failures: readonly FailureLine[]
    readonly cooldown: { readonly minutes: number; readonly after: readonly string[] }
  },
): Promise<boolean> {
  const { verdict, atBest, failures, cooldown } = end
  const statement = sql<{ outcome: string | null }>`
    select settle_run(${ctx.workspaceId}, ${runId}, ${verdict}, ${atBest}, ${JSON.stringify(failures)},
      make_interval(mins => ${cooldown.minutes}), ${cooldown.after}, ${auditId}) as outcome`
  const { rows } = await inWorkspace(db, ctx, (tx) => statement.execute(tx))
  return rows[0] !== undefined && rows[0].outcome !== null
}

/** Releases up to `limit` identities whose cooldown is over: how many. */
export async function releaseCooled(db: Database, ctx: WorkspaceContext, limit: number): Promise<number> {
  const statement = sql`
    update operation_runs r set holds = false
    where r.workspace_id = ${ctx.workspaceId} and r.id = any (array(
      select o.id from operation_runs o
      where o.workspace_id = ${ctx.workspaceId} and o.holds and o.tenant_id is not null and o.outcome <> 'pending'
        and o.cooldown_until <= clock_timestamp()
      union all
      select o.id from operation_runs o
      where o.workspace_id = ${ctx.workspaceId} and o.holds and o.tenant_id is null and o.outcome <> 'pending'
        and o.cooldown_until <= clock_timestamp()
      limit ${limit})) and r.outcome <> 'pending'`
  const { numAffectedRows = 0n } = await inWorkspace(db, ctx, (tx) => statement.execute(tx))
  return Number(numAffectedRows)
}

/**
 * Runs that could have been claimed for so long and were not, while workers live: nothing holds them back, and nothing of
 * their lane runs. None when no worker lives: then nothing is strange about waiting.
 */
export async function overdueRuns(db: Database, ctx: WorkspaceContext, minutes: number): Promise<ActiveRun[]> {
  const statement = sql<ActiveRow>`
    select l.run_id as id, l.type from live_runs l
    left join lane_controls k on k.workspace_id = ${ctx.workspaceId} and k.lane = l.lane
    where l.workspace_id = ${ctx.workspaceId} and not l.leased
      and l.run_at < clock_timestamp() - make_interval(mins => ${minutes})
      and not coalesce(k.paused, false) and coalesce(k.blocked_until <= clock_timestamp(), true)
      and not exists (select from type_controls t where t.workspace_id = ${ctx.workspaceId} and t.type = l.type)
      and not exists (select from live_runs o where o.workspace_id = ${ctx.workspaceId} and o.lane = l.lane and o.leased)
      and exists (select from workers w where w.lease_until > clock_timestamp() and not w.draining)
    limit 1000`
  const { rows } = await inWorkspace(db, ctx, (tx) => statement.execute(tx))
  return rows.map(activeRun)
}

/** How many runs of the workspace are active, the asking one not counted. */
export async function countActive(db: Database, ctx: WorkspaceContext, except: RunId): Promise<number> {
  const statement = sql<{ n: number }>`
    select count(*) as n from live_runs l where l.workspace_id = ${ctx.workspaceId} and l.run_id <> ${except}`
  const { rows } = await inWorkspace(db, ctx, (tx) => statement.execute(tx))
  return rows[0]?.n ?? 0
}

function activeRun({ id, type }: ActiveRow): ActiveRun {
  return { runId: asId<RunId>(id), type }
}
