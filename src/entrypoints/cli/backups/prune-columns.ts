import { badgeOf } from '#contract/badges.ts'
import type { PruneDocument } from '#contract/api/backups.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

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
