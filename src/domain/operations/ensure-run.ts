/**
 * Starting an operation. A start either creates a run or finds the one that holds the same identity: still active, or
 * ended so recently that it may not run again yet. Creating a run is enqueuing it.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { catalog, type ContextOf, type InputOf, type OperationType } from '#domain/operations/catalog.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { ensureRow, ensureRowNow, ensureRows, type NewRun } from '#domain/operations/ensure-run.store.ts'
import { identityOf } from '#domain/operations/identity.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import { parseInput } from '#domain/operations/parse-input.ts'
import { startTogether } from '#domain/operations/start-together.ts'
import { readReason } from '#domain/operations/read-reason.ts'
import { runExists } from '#domain/operations/run.store.ts'
import { announceChange, wakeWorkers } from '#domain/operations/wake.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace, sqlState, wasConnectionLost } from '#foundation/db/transaction.ts'
import { genuine, type TenantContext, type WorkspaceContext } from '#foundation/kernel/context.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId, type RunId, type TenantId } from '#foundation/kernel/ids.ts'
import { metrics } from '#foundation/observability/metrics.ts'

export interface RunStart<T extends OperationType> {
  readonly type: T
  readonly input: InputOf<T>
  readonly trigger: RunTrigger
  /** For display and links; no secrets. */
  readonly context?: Readonly<Record<string, string | number | boolean | null>>
  /** How long the run waits before a worker may claim it; default 0. */
  readonly delayMs?: number
}

/** A start that needs `operations.override_cooldown` of whoever asks for it. */
export interface CooldownOverride {
  /** Why it cannot wait, for the audit: 1 to 500 characters. */
  readonly reason: string
}

/**
 * Starts an operation in the caller's transaction, or says which run holds its identity. Keep that transaction short:
 * other starts of the same identity wait for it. After the commit, `wakeWorkers` saves the run a wait of up to a second.
 * @throws Failure `invalid_input`
 */
export async function ensureRun<T extends OperationType>(
  tx: Tx,
  ctx: ContextOf<T>,
  start: RunStart<T>,
): Promise<EnsuredRun> {
  return counted(start.type, await ensureRow(tx, newRun(ctx, start)))
}

/**
 * Starts an operation in one statement of its own, and wakes a worker. Whether it took effect is known even when the
 * connection is lost on the way: the id of the run is ours, so asking again finds what the first try left.
 * @throws Failure `invalid_input`; `invalid_state` when another start of the same operation stays unfinished for 2 s;
 * `dependency_unreachable` when the database stays away
 */
export async function startRun<T extends OperationType>(
  db: Database,
  ctx: ContextOf<T>,
  start: RunStart<T>,
): Promise<EnsuredRun> {
  const run = newRun(ctx, start)
  const ensured = await ensureCommitted(db, run, () => startAs(db, ctx, run))
  if (ensured.disposition === 'created') tellCreated(db, run)
  return counted(start.type, ensured)
}

/** Whoever was let in is asked for again in the transaction of the start; the product's own starts go together. */
async function startAs(db: Database, ctx: WorkspaceContext, run: NewRun): Promise<EnsuredRun> {
  return ctx.admission === undefined ? startTogether(db, run) : inWorkspace(db, ctx, (tx) => ensureRow(tx, run))
}

/**
 * The same, also inside the cooldown of the operation; an active run is still never doubled. A cooldown that was cut
 * short is in the audit, with the reason.
 * @throws Failure `invalid_input` without a reason, and what `startRun` throws
 */
export async function startRunNow<T extends OperationType>(
  db: Database,
  ctx: ContextOf<T>,
  start: RunStart<T>,
  override: CooldownOverride,
): Promise<EnsuredRun> {
  const reason = readReason(override.reason)
  const run = newRun(ctx, start)
  const ensured = await ensureCommitted(db, run, () =>
    inWorkspace(db, ctx, async (tx) => {
      const answer = await ensureRowNow(tx, run)
      if (answer.overridden !== null) {
        const detail = { type: run.type, reason, cooledRunId: answer.overridden }
        const { runId } = answer.ensured
        const subject = { kind: 'run', id: runId }
        await recordAudit(tx, ctx, { action: 'run.override_cooldown', subject, outcome: 'created', runId, detail })
      }
      return answer.ensured
    }),
  )
  if (ensured.disposition === 'created') tellCreated(db, run)
  return counted(start.type, ensured)
}

/**
 * Starts one operation for many tenants of the workspace in one statement, one run each; `delayOf` says how long the run
 * of each tenant waits before it may be claimed, so that a fleet does not begin at once.
 * @throws Failure `invalid_input`
 */
export async function ensureRuns<T extends OperationType>(
  tx: Tx,
  ctx: WorkspaceContext,
  start: RunStart<T>,
  tenantIds: readonly TenantId[],
  delayOf: (tenantId: TenantId) => number = () => start.delayMs ?? 0,
): Promise<ReadonlyMap<TenantId, EnsuredRun>> {
  const tenants = [...new Set(tenantIds)].map((tenantId) => ({ tenantId, delayMs: delayOf(tenantId) }))
  const answers = await ensureRows(tx, newRun(ctx, start), tenants)
  answers.forEach((ensured) => counted(start.type, ensured))
  return answers
}

function tellCreated(db: Database, run: NewRun): void {
  wakeWorkers(db)
  announceChange(db, run)
}

/** Counted when it is answered: a start whose transaction is rolled back afterwards was counted all the same. */
function counted(type: OperationType, ensured: EnsuredRun): EnsuredRun {
  metrics().runStarted(type, ensured.disposition)
  return ensured
}

/** The row a start would create. */
function newRun<T extends OperationType>(
  ctx: WorkspaceContext | TenantContext,
  start: RunStart<T>,
  runId: RunId = newId<RunId>(),
): NewRun {
  const entry = catalog[start.type]
  const input = parseInput(start.type, start.input)
  return {
    // The door believes the workspace it is told.
    ctx: genuine(ctx),
    tenantId: entry.scope === 'tenant' && 'tenantId' in ctx ? ctx.tenantId : null,
    runId,
    type: start.type,
    identity: identityOf(start.type, input),
    input,
    context: start.context ?? {},
    trigger: start.trigger,
    priority: someoneWaits(start.trigger) ? entry.priority : 'scheduled',
    maxAttempts: entry.maxAttempts,
    limitMinutes: entry.limitMinutes,
    delayMs: start.delayMs ?? 0,
  }
}

function someoneWaits(trigger: RunTrigger): boolean {
  return trigger === 'user' || trigger === 'api'
}

const maxTries = 4
const pauseMs = 100

async function ensureCommitted(db: Database, run: NewRun, ensure: () => Promise<EnsuredRun>): Promise<EnsuredRun> {
  let isUnsure = false
  for (let tries = 1; ; tries += 1) {
    try {
      if (isUnsure && (await runExists(db, run))) return { disposition: 'created', runId: run.runId }
      failpoint('run.starting')
      const ensured = await ensure()
      failpoint('run.started')
      return ensured.runId === run.runId ? { disposition: 'created', runId: run.runId } : ensured
    } catch (error) {
      if (sqlState(error) === '55P03') throw stillStarting(run, error)
      const wasLost = wasConnectionLost(error)
      if (!wasLost && !isConflict(error)) throw error
      if (tries === maxTries) throw wasLost ? unreachable(run, error) : error
      isUnsure ||= wasLost
      await pause(pauseMs * 2 ** (tries - 1))
    }
  }
}

function isConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(sqlState(error))
}

function stillStarting({ type }: NewRun, cause: unknown): Failure {
  return new Failure('invalid_state', `Another start of the same ${type} is not finished yet: try again in a moment.`, {
    cause,
  })
}

function unreachable({ type }: NewRun, cause: unknown): Failure {
  const message = `The database went away: whether ${type} was started is not known. Start it again: it cannot run twice.`
  return new Failure('dependency_unreachable', message, { cause })
}
