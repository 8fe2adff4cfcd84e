/**
 * A worker of the product as a program of its own, over the database and the simulated tenant it is told of. It works
 * from the line `work` until the line `rest`, answering each, or at once and until it is stopped. What its environment
 * says in TENANTATLAS_FAILPOINT happens to it.
 */
import { createInterface } from 'node:readline'
import { argv } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { createFetchAssignmentsHandler } from '#domain/assignments/fetch-assignments-handler.ts'
import { createCaptureBackupHandler } from '#domain/backups/capture-backup-handler.ts'
import { createSyncInventoryHandler } from '#domain/inventory/sync-inventory-handler.ts'
import { operationTypes } from '#domain/operations/catalog.ts'
import type { Handlers } from '#domain/operations/handlers.ts'
import { createReconcileRunsHandler } from '#domain/operations/reconcile-runs-handler.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { openDatabase } from '#foundation/db/database.ts'
import { wasConnectionLost } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { logToFile } from '#foundation/observability/log-to-file-testing.ts'
import { createGraphClient } from '#graph/client/create-graph-client.ts'
import type { GraphClientOptions } from '#graph/client/create-graph-client.ts'
import { createLocalPacer } from '#graph/client/pacer.ts'
import { runWorker } from '#entrypoints/worker/run-worker.ts'

export interface WorkerSettings {
  readonly databaseUrl: string
  readonly client: Pick<GraphClientOptions, 'endpoints' | 'entraTenantId' | 'credentials'>
  readonly leaseMs: number
  readonly logFile: string
  /** Begins without being told. */
  readonly atOnce: boolean
  /** So many workers with a lease each; default 1. */
  readonly workers?: number
  readonly slots?: number
  /** Makes notifications of what the outbox holds, too. */
  readonly relays?: boolean
  /** Default: as many connections as they need. */
  readonly poolSize?: number
  readonly statementTimeoutMs?: number
  /** The product's id of a tenant whose payload ends whatever process reads it. */
  readonly poisonous?: string
}

const settings = JSON.parse(argv[2] ?? '') as WorkerSettings
const { databaseUrl, client, leaseMs, atOnce, workers = 1, slots = 3, statementTimeoutMs = 0, poisonous } = settings
const { poolSize = workers * (slots + 4) } = settings
const log = logToFile(settings.logFile)
const database = openDatabase({
  url: databaseUrl,
  role: 'worker',
  poolSize,
  applicationName: 'fault matrix worker',
  log,
  statementTimeoutMs,
})
const handlers = handlersOver()
let stop: AbortController | undefined
let working: Promise<unknown> = Promise.resolve()

function handlersOver(): Handlers {
  const pacer = createLocalPacer({ requestsPerWindow: 1_000_000, writesPerWindow: 1_000_000, share: 0.5 })
  const graph = createGraphClient({ ...client, pacer, log, timeouts: { totalMs: 5_000 } })
  const graphFor = async ({ tenantId }: TenantContext) => {
    if (tenantId === poisonous) process.kill(process.pid, 'SIGKILL')
    return graph
  }
  const deps = { db: database.db, graphFor }
  const own: Partial<Handlers> = {
    'assignments.fetch': createFetchAssignmentsHandler(deps),
    'backup.capture': createCaptureBackupHandler(deps),
    'inventory.sync': createSyncInventoryHandler(deps),
    'ops.reconcile_adapter_runs': createReconcileRunsHandler({ db: database.db, log, adapters: [] }),
  }
  const none = async (): Promise<never> => {
    throw new TypeError('this worker has no such operation')
  }
  // One entry per operation of the catalogue.
  return Object.fromEntries(operationTypes.map((type) => [type, own[type] ?? none])) as Handlers
}

function work(): void {
  const { signal } = (stop = new AbortController())
  const options = { database, handlers, log, signal, slots, leaseMs, pollMs: 250 }
  working = Promise.all(Array.from({ length: workers }, () => runWorker(options)))
  if (settings.relays) working = Promise.all([working, relayUntil(signal)])
  // It ends by itself only where it must not go on, and says why.
  working.catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
    void end()
  })
}

async function relayUntil(signal: AbortSignal): Promise<void> {
  for (; !signal.aborted; await pause(200))
    await relayOutbox(database.db).catch((error: unknown) => {
      // As the product's relay: it goes on over new connections.
      if (!wasConnectionLost(error)) throw error
    })
}

async function rest(): Promise<void> {
  stop?.abort()
  await working.catch(() => undefined)
}

/** Whoever started it is gone, or tells it to stop. */
async function end(): Promise<void> {
  await rest()
  await database.close()
  process.stdin.destroy()
}

process.once('SIGTERM', () => void end())
const orders = createInterface(process.stdin)
orders.once('close', () => void end())
orders.on('line', (order) => {
  if (order === 'work') work()
  void (order === 'rest' ? rest() : Promise.resolve()).then(() => process.stdout.write(`${order}\n`))
})
if (atOnce) work()
process.stdout.write('ready\n')
