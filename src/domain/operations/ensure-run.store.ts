import type { RunPriority } from '#domain/operations/catalog.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { runStatement } from '#foundation/db/run-statement.ts'
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

const ensureOne = {
  name: 'ensure_run',
  text: `select disposition, run_id, retry_at
    from ensure_run($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, make_interval(mins => $13))`,
}

const ensureMany = {
  name: 'ensure_runs',
  text: `select tenant_id, disposition, run_id, retry_at
    from ensure_runs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, make_interval(mins => $13))`,
}

/** Creates the run unless one holds its identity. Locks nothing when one does; else the identity, until the end of `db`. */
export async function ensureRow(db: Database | Tx, run: NewRun): Promise<EnsuredRun> {
  const values = [run.workspaceId, run.tenantId, run.runId, ...sharedValues(run)]
  const [row] = await runStatement<EnsuredRow>(db, ensureOne, values)
  return ensuredRun(row)
}

/** The same for each of these tenants. `run.tenantId` and `run.runId` are not used. */
export async function ensureRows(
  db: Database | Tx,
  run: NewRun,
  tenantIds: readonly TenantId[],
): Promise<ReadonlyMap<TenantId, EnsuredRun>> {
  const runIds = tenantIds.map(() => newId<RunId>())
  const values = [run.workspaceId, tenantIds, runIds, ...sharedValues(run)]
  const rows = await runStatement<EnsuredRow & { tenant_id: string }>(db, ensureMany, values)
  return new Map(rows.map((row) => [asId<TenantId>(row.tenant_id), ensuredRun(row)]))
}

function sharedValues({ type, identity, input, context, actor, trigger, ...run }: NewRun): readonly unknown[] {
  const initiator = actor.kind === 'user' ? actor.userId : null
  const priority = run.priority === 'interactive' ? 0 : 1
  const texts = [JSON.stringify(input), JSON.stringify(context)]
  return [type, identity, ...texts, initiator, actor.name, trigger, priority, run.maxAttempts, run.limitMinutes]
}

function ensuredRun(row: EnsuredRow | undefined): EnsuredRun {
  if (row === undefined) throw new TypeError('ensure_run answered nothing')
  const runId = asId<RunId>(row.run_id)
  if (row.disposition !== 'cooldown') return { disposition: row.disposition, runId }
  if (row.retry_at === null) throw new TypeError('a cooldown without an end')
  return { disposition: row.disposition, runId, retryAt: row.retry_at }
}
