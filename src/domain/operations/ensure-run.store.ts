import { sql } from 'kysely'
import type { RunPriority } from '#domain/operations/catalog.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { Actor } from '#foundation/kernel/context.ts'
import { asId, newId, type RunId, type TenantId, type WorkspaceId } from '#foundation/kernel/ids.ts'

/** Everything a run is made of. */
export interface NewRun {
  readonly workspaceId: WorkspaceId
  /** Null: the run belongs to the workspace. */
  readonly tenantId: TenantId | null
  readonly runId: RunId
  readonly type: string
  readonly identity: Buffer
  readonly input: unknown
  readonly context: unknown
  readonly actor: Actor
  readonly trigger: RunTrigger
  readonly priority: RunPriority
  readonly maxAttempts: number
  readonly limitMinutes: number
}

interface EnsuredRow {
  readonly disposition: 'created' | 'active' | 'cooldown'
  readonly run_id: string
  readonly retry_at: Date | null
}

/** Creates the run unless one holds its identity. Locks nothing when one does; else the identity, until the end of `db`. */
export async function ensureRow(db: Database | Tx, run: NewRun): Promise<EnsuredRun> {
  const { rows } = await sql<EnsuredRow>`
    select disposition, run_id, retry_at from ensure_run(
      ${run.workspaceId}, ${run.tenantId}, ${run.runId}, ${sharedValues(run)})`.execute(db)
  return ensuredRun(rows[0])
}

/** The same for each of these tenants. `run.tenantId` and `run.runId` are not used. */
export async function ensureRows(
  db: Database | Tx,
  run: NewRun,
  tenantIds: readonly TenantId[],
): Promise<ReadonlyMap<TenantId, EnsuredRun>> {
  const runIds = tenantIds.map(() => newId<RunId>())
  const { rows } = await sql<EnsuredRow & { tenant_id: string }>`
    select tenant_id, disposition, run_id, retry_at from ensure_runs(
      ${run.workspaceId}, ${tenantIds}, ${runIds}, ${sharedValues(run)})`.execute(db)
  return new Map(rows.map((row) => [asId<TenantId>(row.tenant_id), ensuredRun(row)]))
}

function sharedValues({ type, identity, input, context, actor, trigger, ...run }: NewRun) {
  const initiator = actor.kind === 'user' ? actor.userId : null
  const priority = run.priority === 'interactive' ? 0 : 1
  return sql`${type}, ${identity}, ${JSON.stringify(input)}, ${JSON.stringify(context)}, ${initiator}, ${actor.name},
    ${trigger}, ${priority}, ${run.maxAttempts}, make_interval(mins => ${run.limitMinutes})`
}

function ensuredRun(row: EnsuredRow | undefined): EnsuredRun {
  if (row === undefined) throw new TypeError('ensure_run answered nothing')
  const runId = asId<RunId>(row.run_id)
  if (row.disposition !== 'cooldown') return { disposition: row.disposition, runId }
  if (row.retry_at === null) throw new TypeError('a cooldown without an end')
  return { disposition: row.disposition, runId, retryAt: row.retry_at }
}
