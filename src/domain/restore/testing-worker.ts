/**
 * For the tests that end processes: a worker program of its own, over the database and the simulator it is told of. It
 * prints one line when it works, and stops when its standard input closes: whoever started it is gone. What its
 * environment says in TENANTATLAS_FAILPOINT happens to it.
 */
import { argv } from 'node:process'
import { createCaptureBackupHandler } from '#domain/backups/capture-backup-handler.ts'
import { createVerifyBackupHandler } from '#domain/backups/verify-backup-handler.ts'
import type { Handlers } from '#domain/operations/handlers.ts'
import { createExecuteRestoreHandler } from '#domain/restore/execute-restore-handler.ts'
import { createPreviewRestoreHandler } from '#domain/restore/preview-restore-handler.ts'
import type { RestoreTiming } from '#domain/restore/restore-timing.ts'
import { openDatabase } from '#foundation/db/database.ts'
import { logToFile } from '#foundation/observability/log-to-file-testing.ts'
import { createGraphClient } from '#graph/client/create-graph-client.ts'
import type { GraphClientOptions } from '#graph/client/create-graph-client.ts'
import { createLocalPacer } from '#graph/client/pacer.ts'
import { runWorker } from '#entrypoints/worker/run-worker.ts'

export interface WorkerArguments {
  readonly databaseUrl: string
  readonly client: Pick<GraphClientOptions, 'endpoints' | 'entraTenantId' | 'credentials'>
  readonly timing: RestoreTiming
  readonly leaseMs: number
  /** Default: it logs nothing. */
  readonly logFile?: string
}

const { databaseUrl, client, timing, leaseMs, logFile } = JSON.parse(argv[2] ?? '') as WorkerArguments
const log = logToFile(logFile)
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
process.stdin.once('end', () => stop.abort()).resume()

const pacer = createLocalPacer({ requestsPerWindow: 1_000_000, writesPerWindow: 1_000_000, share: 0.5 })
const graph = createGraphClient({ ...client, pacer, log, timeouts: { totalMs: timing.requestTimeoutMs } })
await using database = openDatabase({
  url: databaseUrl,
  role: 'worker',
  poolSize: 8,
  applicationName: 'restore test worker',
  log,
})
const deps = { db: database.db, graphFor: async () => graph, timing }
const none = async (): Promise<never> => {
  throw new TypeError('this worker has no such operation')
}
const handlers: Handlers = {
  'backup.capture': createCaptureBackupHandler(deps),
  'backup.verify': createVerifyBackupHandler(deps),
  'restore.preview': createPreviewRestoreHandler(deps),
  'assignments.restore': createExecuteRestoreHandler(deps),
  'inventory.sync': none,
  'assignments.fetch': none,
  'connection.verify': none,
  'ops.reconcile_adapter_runs': none,
  'backup_schedule.run': none,
  'backup.prune': none,
  'retention.prune': none,
}

process.stdout.write('working\n')
await runWorker({ database, handlers, log, signal: stop.signal, slots: 3, leaseMs, pollMs: 100 })
process.stdin.destroy()
