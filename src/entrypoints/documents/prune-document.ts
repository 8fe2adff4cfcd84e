import type { KeptBecause, PruneDecision } from '#domain/backups/plan-prune.ts'

/** What pruning would do with one backup set. */
export interface PruneDocument {
  readonly id: string
  readonly state: PruneDecision['set']['state']
  readonly createdAt: string
  readonly isRemoved: boolean
  /** Null when it is removed. */
  readonly keptBecause: KeptBecause | null
}

export function pruneDocument({ set, keep }: PruneDecision): PruneDocument {
  return {
    id: set.id,
    state: set.state,
    createdAt: set.createdAt.toISOString(),
    isRemoved: keep === null,
    keptBecause: keep,
  }
}
