import { badgeOf } from '#contract/badges.ts'
import type { PruneDecision } from '#domain/backups/plan-prune.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

/** What pruning would do with one backup set. */
export interface PruneDocument {
  readonly id: string
  readonly state: string
  readonly createdAt: string
  readonly isRemoved: boolean
  /** Null when it is removed. */
  readonly keptBecause: string | null
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

const words: Readonly<Record<string, string>> = {
  capturing: 'is being captured',
  pinned: 'is pinned',
  newest: 'is the newest',
  in_use: 'a restore refers to it',
  keep_last: 'among the newest',
  keep_days: 'young enough',
  no_rule: 'no rule',
}

export const pruneColumns: readonly Column<PruneDocument>[] = [
  { key: 'id', header: 'ID', isId: true, cell: ({ id }) => id },
  {
    key: 'state',
    header: 'STATE',
    keepsWidth: true,
    cell: ({ state }) => badgeOf('backupState', state),
    csv: ({ state }) => state,
  },
  { key: 'createdAt', header: 'MADE', cell: ({ createdAt }) => ago(createdAt), csv: ({ createdAt }) => createdAt },
  {
    key: 'isRemoved',
    header: 'PRUNING',
    keepsWidth: true,
    cell: ({ isRemoved }) => badgeOf('pruning', isRemoved ? 'removed' : 'kept'),
    csv: ({ isRemoved }) => String(isRemoved),
  },
  {
    key: 'keptBecause',
    header: 'WHY',
    cell: ({ keptBecause }) => (keptBecause === null ? '' : (words[keptBecause] ?? keptBecause)),
    csv: ({ keptBecause }) => keptBecause ?? '',
  },
]
