import type { PruneRule } from '#domain/backups/plan-prune.ts'
import { showRetention } from '#domain/retention/change-retention.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * The rule by which backups are pruned: as somebody asks, else as the workspace keeps them.
 * @throws Failure `missing_configuration` when neither says anything
 */
export async function backupRuleOf(db: Database, ctx: WorkspaceContext, asked: PruneRule): Promise<PruneRule> {
  if (asked.keepLast !== undefined || asked.keepDays !== undefined) return asked
  const { backupsKeepLast, backupsKeepDays } = await showRetention(db, ctx)
  if (backupsKeepLast === null && backupsKeepDays === null)
    throw new Failure(
      'missing_configuration',
      'This workspace keeps all backups. Say what to keep (keep-last, keep-days), or set a rule with `tenantatlas retention set`.',
    )
  return { keepLast: backupsKeepLast ?? undefined, keepDays: backupsKeepDays ?? undefined }
}
