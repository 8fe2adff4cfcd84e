/** The product's worker as the benchmark uses it: every operation has the same handler, which does next to nothing. */
import { setTimeout as pause } from 'node:timers/promises'
import { operationTypes } from '#domain/operations/catalog.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { Handlers } from '#domain/operations/handlers.ts'
import type { RunHandle, RunResult } from '#domain/operations/operation.ts'
import { runWorker } from '#entrypoints/worker/run-worker.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId, type BackupSetId } from '#foundation/kernel/ids.ts'
import { log, tenantOf, type Ledger } from './ledger-stage.ts'

export type BenchHandler = (ctx: TenantContext, run: RunHandle<unknown>) => RunResult | Promise<RunResult>

/** Starts something nobody started before. */
export function startNew(ledger: Ledger, n: number) {
  return startNewFor(ledger, tenantOf(ledger, n))
}

export function startNewFor({ database }: Ledger, tenant: TenantContext) {
  const input = { backupSetId: newId<BackupSetId>() }
  return startRun(database.db, tenant, { type: 'backup.verify', input, trigger: 'user' })
}

/** Starts what is queued already. */
export function startAgain(ledger: Ledger) {
  return startRun(ledger.database.db, tenantOf(ledger, 0), { type: 'inventory.sync', input: {}, trigger: 'user' })
}

/** Works until disposed of, every run by the same handler but those that have their own. */
export function workOn(
  ledger: Ledger,
  handler: BenchHandler,
  slots: number,
  own: Partial<Handlers> = {},
): AsyncDisposable {
  const stop = new AbortController()
  const working = runWorker({
    database: ledger.database,
    handlers: { ...handlersOf(handler), ...own },
    log,
    signal: stop.signal,
    slots,
  })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await working
    },
  }
}

function handlersOf(handler: BenchHandler): Handlers {
  const entries: readonly (readonly [string, unknown])[] = operationTypes.map((type) => [type, handler])
  // One entry per operation of the catalogue.
  return Object.fromEntries(entries) as Handlers
}

/** Cancels what waits, behind the product's back: a measurement leaves nothing for the next one. */
export async function emptyQueue({ owner: { pool } }: Ledger): Promise<void> {
  await pool.query(`update operation_runs r
    set outcome = 'cancelled', completed_at = clock_timestamp(), holds = false
    from live_runs l where l.workspace_id = r.workspace_id and l.run_id = r.id and r.outcome = 'pending'`)
  await pool.query('truncate live_runs')
}

export async function untilEmpty({ owner }: Ledger): Promise<void> {
  for (;;) {
    const { rows } = await owner.pool.query<{ left: boolean }>('select exists (select from live_runs) as left')
    if (rows[0]?.left === false) return
    await pause(5)
  }
}
