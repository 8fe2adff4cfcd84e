/** The half of the wiring that only workers need: Microsoft Graph → one handler per operation. */
import type { Config } from '#foundation/config/config.ts'
import type { Sealer } from '#foundation/crypto/seal.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { Log } from '#foundation/observability/log.ts'
import { createFetchAssignmentsHandler } from '#domain/assignments/fetch-assignments-handler.ts'
import { createCaptureBackupHandler } from '#domain/backups/capture-backup-handler.ts'
import { createVerifyBackupHandler } from '#domain/backups/verify-backup-handler.ts'
import { openGraphClient } from '#domain/connections/open-graph-client.ts'
import { createVerifyConnectionHandler } from '#domain/connections/verify-connection-handler.ts'
import { createSyncInventoryHandler } from '#domain/inventory/sync-inventory-handler.ts'
import type { Handlers } from '#domain/operations/handlers.ts'
import { createExecuteRestoreHandler } from '#domain/restore/execute-restore-handler.ts'
import { createPreviewRestoreHandler } from '#domain/restore/preview-restore-handler.ts'

export interface HandlerParts {
  readonly config: Config
  readonly db: Database
  readonly sealer: Sealer
  readonly log: Log
}

export function composeHandlers({ config, db, sealer, log }: HandlerParts): Handlers {
  const { requestsPer20s, writesPer20s, share } = config.pacing
  const limits = { requestsPerWindow: requestsPer20s, writesPerWindow: writesPer20s, share }
  const graphFor = (ctx: TenantContext) => openGraphClient({ db, sealer, limits, log }, ctx)
  const deps = { db, graphFor, log }
  return {
    'connection.verify': createVerifyConnectionHandler(deps),
    'inventory.sync': createSyncInventoryHandler(deps),
    'assignments.fetch': createFetchAssignmentsHandler(deps),
    'backup.capture': createCaptureBackupHandler(deps),
    'backup.verify': createVerifyBackupHandler(deps),
    'restore.preview': createPreviewRestoreHandler(deps),
    'assignments.restore': createExecuteRestoreHandler(deps),
  }
}
