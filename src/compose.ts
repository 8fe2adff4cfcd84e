/**
 * The only wiring: configuration → database → Microsoft Graph → handlers → entrypoints. Whoever wants to know what
 * depends on what reads this file from top to bottom.
 */
import { join } from 'node:path'
import type { Config } from '#foundation/config/config.ts'
import { createSealer } from '#foundation/crypto/seal.ts'
import { openDatabase } from '#foundation/db/database.ts'
import { createLog } from '#foundation/observability/log.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createFetchAssignmentsHandler } from '#domain/assignments/fetch-assignments-handler.ts'
import { createCaptureBackupHandler } from '#domain/backups/capture-backup-handler.ts'
import { createVerifyBackupHandler } from '#domain/backups/verify-backup-handler.ts'
import { openGraphClient } from '#domain/connections/open-graph-client.ts'
import { createVerifyConnectionHandler } from '#domain/connections/verify-connection-handler.ts'
import { createSyncInventoryHandler } from '#domain/inventory/sync-inventory-handler.ts'
import type { Handlers } from '#domain/operations/handlers.ts'
import { createExecuteRestoreHandler } from '#domain/restore/execute-restore-handler.ts'
import { createPreviewRestoreHandler } from '#domain/restore/preview-restore-handler.ts'
import type { Compose } from '#entrypoints/cli/cli.ts'
import { servePage } from '#entrypoints/http/serve-page.ts'
import { runWorker } from '#entrypoints/worker/run-worker.ts'

/** Composes the program over one database. Nothing runs yet; disposing closes the database. */
export const compose: Compose = async (config, { databaseUrl, applicationName, poolSize }) => {
  const log = createLog({ level: config.logLevel, pretty: process.stderr.isTTY })
  const sealer = createSealer({ keyFile: join(config.dataDir, 'keys', 'credentials.key') })
  const database = openDatabase({ url: databaseUrl, poolSize, applicationName, log })
  const { db } = database

  const limits = pacingLimits(config)
  const graphFor = (ctx: TenantContext) => openGraphClient({ db, sealer, limits, log }, ctx)

  const deps = { db, graphFor, log }
  const handlers: Handlers = {
    'connection.verify': createVerifyConnectionHandler(deps),
    'inventory.sync': createSyncInventoryHandler(deps),
    'assignments.fetch': createFetchAssignmentsHandler(deps),
    'backup.capture': createCaptureBackupHandler(deps),
    'backup.verify': createVerifyBackupHandler(deps),
    'restore.preview': createPreviewRestoreHandler(deps),
    'assignments.restore': createExecuteRestoreHandler(deps),
  }

  return {
    database,
    db,
    sealer,
    log,
    work: (options) => runWorker({ database, handlers, log, ...config.worker, ...options }),
    servePage: (options) => servePage({ db, log, ...options }),
    [Symbol.asyncDispose]: () => database.close(),
  }
}

function pacingLimits({ pacing }: Config) {
  return { requestsPerWindow: pacing.requestsPer20s, writesPerWindow: pacing.writesPer20s, share: pacing.share }
}
