import { planPrune, type PruneDecision, type PruneRule } from '#domain/backups/plan-prune.ts'
import { prunableSets } from '#domain/backups/prune.store.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { isTextColumn, notACursor, readColumns, writeColumns } from '#foundation/kernel/list-cursor.ts'

/** What pruning the tenant's backups by this rule would remove and keep, the newest set first. */
export async function previewPrune(
  db: Database,
  ctx: TenantContext,
  rule: PruneRule,
): Promise<readonly PruneDecision[]> {
  const { sets, now } = await inWorkspace(db, ctx, (tx) => prunableSets(tx, ctx))
  return planPrune(sets, rule, now)
}

export interface PrunePage {
  readonly items: readonly PruneDecision[]
  /** How many sets of the tenant would be removed, those of other pages too. */
  readonly removed: number
  readonly nextCursor: string | null
}

/** The same, page by page. @throws Failure `invalid_input` for a cursor that no page gave */
export async function previewPrunePage(
  db: Database,
  ctx: TenantContext,
  rule: PruneRule,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<PrunePage> {
  const after = cursor === undefined ? null : readPlace(cursor)
  const plan = await previewPrune(db, ctx, rule)
  const left = plan.filter(({ set }) => after === null || isBehind(set, after))
  const items = left.slice(0, limit)
  const last = left.length > limit ? items.at(-1)?.set : undefined
  return {
    items,
    removed: plan.filter(({ keep }) => keep === null).length,
    nextCursor: last === undefined ? null : writeColumns([last.createdAt.getTime(), last.id]),
  }
}

interface Place {
  readonly createdMs: number
  readonly id: string
}

function readPlace(cursor: string): Place {
  const [createdMs, id] = readColumns(cursor)
  if (typeof createdMs !== 'number' || !isTextColumn(id)) throw notACursor()
  return { createdMs, id }
}

/** Whether a set comes later in a plan, which begins with the newest. */
function isBehind({ createdAt, id }: PruneDecision['set'], { createdMs, id: afterId }: Place): boolean {
  const ms = createdAt.getTime()
  return ms < createdMs || (ms === createdMs && id < afterId)
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
