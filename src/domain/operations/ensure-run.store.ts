import type { RunPriority } from '#domain/operations/catalog.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { runStatement } from '#foundation/db/run-statement.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, newId, type RunId, type TenantId } from '#foundation/kernel/ids.ts'

/** Everything a run is made of. */
export interface NewRun {
  readonly ctx: WorkspaceContext
  /** Null: the run belongs to the workspace. */
  readonly tenantId: TenantId | null
  readonly runId: RunId
  readonly type: string
  readonly identity: Buffer
  readonly input: unknown
  readonly context: unknown
  readonly trigger: RunTrigger
  readonly priority: RunPriority
  readonly maxAttempts: number
  readonly limitMinutes: number
  /** How long after its creation it may be claimed. */
  readonly delayMs: number
}

interface EnsuredRow {
  readonly disposition: 'created' | 'active' | 'cooldown'
  readonly run_id: string
  readonly retry_at: Date | null
}

const ensureOne = {
  name: 'ensure_run',
  text: `select disposition, run_id, retry_at, overridden
    from ensure_run($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, make_interval(mins => $13),
      make_interval(secs => $14), $15)`,
}

const ensureMany = {
  name: 'ensure_runs',
  text: `select tenant_id, disposition, run_id, retry_at
    from ensure_runs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, make_interval(mins => $14))`,
}

const startMany = { name: 'start_runs', text: 'select place, disposition, run_id, retry_at from start_runs($1)' }

/** Creates the run unless one holds its identity. Locks nothing when one does; else the identity, until the end of `db`. */
export async function ensureRow(db: Database | Tx, run: NewRun): Promise<EnsuredRun> {
  const [row] = await runStatement<EnsuredRow>(db, ensureOne, oneRun(run, { override: false }))
  return ensuredRun(row)
}

/** The same, whether the identity cools down or not; `overridden`: the run whose cooldown it cut short, if any. */
export async function ensureRowNow(tx: Tx, run: NewRun): Promise<{ ensured: EnsuredRun; overridden: RunId | null }> {
  const values = oneRun(run, { override: true })
  const [row] = await runStatement<EnsuredRow & { overridden: string | null }>(tx, ensureOne, values)
  const overridden = row?.overridden ?? null
  return { ensured: ensuredRun(row), overridden: overridden === null ? null : asId<RunId>(overridden) }
}

/** Different runs in one statement: the answers stand in their order. Waits for nobody longer than 200 ms. */
export async function startRows(db: Database, runs: readonly NewRun[]): Promise<EnsuredRun[]> {
  const rows = await runStatement<EnsuredRow & { place: number }>(db, startMany, [JSON.stringify(runs.map(startOf))])
  const answers = new Map(rows.map((row) => [row.place, row]))
  return runs.map((_, place) => ensuredRun(answers.get(place)))
}

function startOf({ identity, ctx, ...run }: NewRun, place: number) {
  const { workspaceId, actor } = ctx
  return {
    place,
    workspace: workspaceId,
    tenant: run.tenantId,
    run: run.runId,
    type: run.type,
    identity: identity.toString('hex'),
    input: run.input,
    context: run.context,
    initiator: actor.kind === 'user' ? actor.userId : null,
    initiator_name: actor.name,
    trigger: run.trigger,
    priority: rankOf(run.priority),
    max_attempts: run.maxAttempts,
    limit_minutes: run.limitMinutes,
    delay_seconds: run.delayMs / 1_000,
  }
}

/** The same for each of these tenants. `run.tenantId`, `run.runId` and `run.delayMs` are not used. */
export async function ensureRows(
  db: Database | Tx,
  run: NewRun,
  tenants: readonly { readonly tenantId: TenantId; readonly delayMs: number }[],
): Promise<ReadonlyMap<TenantId, EnsuredRun>> {
  const tenantIds = tenants.map(({ tenantId }) => tenantId)
  const runIds = tenants.map(() => newId<RunId>())
  const delays = tenants.map(({ delayMs }) => delayMs / 1_000)
  const values = [run.ctx.workspaceId, tenantIds, runIds, delays, ...sharedValues(run)]
  const rows = await runStatement<EnsuredRow & { tenant_id: string }>(db, ensureMany, values)
  return new Map(rows.map((row) => [asId<TenantId>(row.tenant_id), ensuredRun(row)]))
}

function oneRun(run: NewRun, { override }: { override: boolean }): readonly unknown[] {
  return [run.ctx.workspaceId, run.tenantId, run.runId, ...sharedValues(run), run.delayMs / 1_000, override]
}

function rankOf(priority: RunPriority): number {
  return priority === 'interactive' ? 0 : 1
}

function sharedValues({ ctx, type, identity, input, context, trigger, ...run }: NewRun): readonly unknown[] {
  const { actor } = ctx
  const initiator = actor.kind === 'user' ? actor.userId : null
  const texts = [JSON.stringify(input), JSON.stringify(context)]
  return [
    type,
    identity,
    ...texts,
    initiator,
    actor.name,
    trigger,
    rankOf(run.priority),
    run.maxAttempts,
    run.limitMinutes,
  ]
}

function ensuredRun(row: EnsuredRow | undefined): EnsuredRun {
  if (row === undefined) throw new TypeError('ensure_run answered nothing')
  const runId = asId<RunId>(row.run_id)
  if (row.disposition !== 'cooldown') return { disposition: row.disposition, runId }
  if (row.retry_at === null) throw new TypeError('a cooldown without an end')
  return { disposition: row.disposition, runId, retryAt: row.retry_at }
}
