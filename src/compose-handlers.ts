/** The half of the wiring that only workers need: Microsoft Graph → one handler per operation. */
import type { Config } from '#foundation/config/config.ts'
import type { Opener } from '#foundation/crypto/open.ts'
import type { Signer } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { Log } from '#foundation/observability/log.ts'
import { createFetchAssignmentsHandler } from '#domain/assignments/fetch-assignments-handler.ts'
import { createCaptureBackupHandler } from '#domain/backups/capture-backup-handler.ts'
import { createPruneBackupsHandler } from '#domain/backups/prune-backups-handler.ts'
import { createVerifyBackupHandler } from '#domain/backups/verify-backup-handler.ts'
import { readTokenFile } from '#domain/connections/federated-token.ts'
import { openGraphClient } from '#domain/connections/open-graph-client.ts'
import { createVerifyConnectionHandler } from '#domain/connections/verify-connection-handler.ts'
import { createSyncInventoryHandler } from '#domain/inventory/sync-inventory-handler.ts'
import type { Handlers } from '#domain/operations/handlers.ts'
import { createReconcileRunsHandler } from '#domain/operations/reconcile-runs-handler.ts'
import { createExecuteRestoreHandler } from '#domain/restore/execute-restore-handler.ts'
import { createPreviewRestoreHandler } from '#domain/restore/preview-restore-handler.ts'
import { restoreRecords } from '#domain/restore/restore-records.ts'
import { createPruneHistoryHandler } from '#domain/retention/prune-history-handler.ts'
import { createRunBackupScheduleHandler } from '#domain/schedules/run-backup-schedule-handler.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'

/** Opens the Graph client of a tenant. */
export type GraphFor = (ctx: TenantContext) => Promise<GraphClient>

interface GraphParts {
  readonly config: Pick<Config, 'pacing' | 'federatedTokenFile'>
  readonly db: Database
  readonly opener: Opener
  readonly log: Log
}

export function composeGraph({ config, db, opener, log }: GraphParts): GraphFor {
  const { requestsPer20s, writesPer20s, share } = config.pacing
  const limits = { requestsPerWindow: requestsPer20s, writesPerWindow: writesPer20s, share }
  const readFederatedToken = () => readTokenFile(config.federatedTokenFile)
  return (ctx) => openGraphClient({ db, opener, readFederatedToken, limits, log }, ctx)
}

interface HandlerParts {
  readonly db: Database
  readonly signer: Signer
  readonly graphFor: GraphFor
  readonly log: Log
}

export function composeHandlers(deps: HandlerParts): Handlers {
  return {
    'connection.verify': createVerifyConnectionHandler(deps),
    'inventory.sync': createSyncInventoryHandler(deps),
    'assignments.fetch': createFetchAssignmentsHandler(deps),
    'backup.capture': createCaptureBackupHandler(deps),
    'backup.verify': createVerifyBackupHandler(deps),
    'backup.prune': createPruneBackupsHandler(deps),
    'backup_schedule.run': createRunBackupScheduleHandler(deps),
    'retention.prune': createPruneHistoryHandler(deps),
    'restore.preview': createPreviewRestoreHandler(deps),
    'assignments.restore': createExecuteRestoreHandler(deps),
    'ops.reconcile_adapter_runs': createReconcileRunsHandler({ ...deps, adapters: [restoreRecords] }),
  }
}
