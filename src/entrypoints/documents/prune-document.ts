import type { PruneDocument } from '#contract/api/backups.ts'
import type { PruneDecision } from '#domain/backups/plan-prune.ts'

/** What pruning would do with one backup set. */
export function pruneDocument({ set, keep }: PruneDecision): PruneDocument {
  return {
    id: set.id,
    state: set.state,
    createdAt: set.createdAt.toISOString(),
    isRemoved: keep === null,
    keptBecause: keep,
  }
}
