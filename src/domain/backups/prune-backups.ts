import { planPrune, type PruneDecision, type PruneRule } from '#domain/backups/plan-prune.ts'
import { prunableSets } from '#domain/backups/prune.store.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'

/** What pruning the tenant's backups by this rule would remove and keep, the newest set first. */
export async function previewPrune(
  db: Database,
  ctx: TenantContext,
  rule: PruneRule,
): Promise<readonly PruneDecision[]> {
  const { sets, now } = await inWorkspace(db, ctx, (tx) => prunableSets(tx, ctx))
  return planPrune(sets, rule, now)
}

/** Starts pruning the tenant's backups by this rule. */
export async function pruneBackups(
  db: Database,
  ctx: TenantContext,
  { keepLast, keepDays }: PruneRule,
  trigger: RunTrigger = 'user',
): Promise<EnsuredRun> {
  const input = { ...(keepLast !== undefined && { keepLast }), ...(keepDays !== undefined && { keepDays }) }
  return startRun(db, ctx, { type: 'backup.prune', input, trigger })
}
