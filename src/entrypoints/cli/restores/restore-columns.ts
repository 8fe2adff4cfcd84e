import { badgeOf } from '#contract/badges.ts'
import { countOf } from '#contract/moments.ts'
import type { RestoreDetailDocument, RestoreDocument, RestoreItemDocument } from '#contract/api/restores.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { truncateId } from '#entrypoints/cli/output/text-width.ts'

export const restoreColumns: readonly Column<RestoreDocument>[] = [
  { key: 'id', header: 'ID', isId: true, cell: (restore) => restore.id },
  {
    key: 'state',
    header: 'STATE',
    keepsWidth: true,
    cell: (restore) => badgeOf('restoreState', restore.state),
    csv: (restore) => restore.state,
  },
  { key: 'mode', header: 'MODE', isMinor: true, cell: (restore) => restore.mode },
  { key: 'source', header: 'FROM', cell: shortSourceWords, csv: sourceWords },
  {
    key: 'createdAt',
    header: 'PLANNED',
    cell: (restore) => ago(restore.createdAt),
    csv: (restore) => restore.createdAt,
  },
  {
    key: 'completedAt',
    header: 'ENDED',
    isMinor: true,
    cell: (restore) => ago(restore.completedAt, '–'),
    csv: (restore) => restore.completedAt ?? '',
  },
  { key: 'createdBy', header: 'BY', isMinor: true, cell: (restore) => restore.createdBy },
]

export const restoreItemColumns: readonly Column<RestoreItemDocument>[] = [
  { key: 'name', header: 'POLICY', cell: (item) => item.name },
  { key: 'type', header: 'TYPE', cell: (item) => item.typeLabel, csv: (item) => item.type },
  {
    key: 'state',
    header: 'STATE',
    keepsWidth: true,
    cell: (item) => badgeOf('restoreItemState', item.state),
    csv: (item) => item.state,
  },
  { key: 'message', header: 'WHY', cell: (item) => item.message ?? '' },
]

export function sourceWords({ backupSetId, undoOf }: Pick<RestoreDocument, 'backupSetId' | 'undoOf'>): string {
  return undoOf === null ? `backup ${backupSetId ?? ''}` : `undo of ${undoOf}`
}

/** In a table: the end of an id is enough to name it. */
function shortSourceWords({ backupSetId, undoOf }: Pick<RestoreDocument, 'backupSetId' | 'undoOf'>): string {
  return undoOf === null ? `backup ${truncateId(backupSetId ?? '', 13)}` : `undo of ${truncateId(undoOf, 13)}`
}

/** `3 policies are left out`. */
export function leftOutWords({ byPlan: { skip } }: RestoreDetailDocument['counts']): string {
  return `${countOf(skip, 'policy', 'policies')} ${skip === 1 ? 'is' : 'are'} left out`
}

/** `4 policies to write, 508 equal already, 1 left out`. */
export function planWords({
  counts: { byPlan },
  onlyChanged,
}: Pick<RestoreDetailDocument, 'counts' | 'onlyChanged'>): string {
  const equal = onlyChanged
    ? 'all others are equal already'
    : `${byPlan.no_change.toLocaleString('en-US')} equal already`
  const leftOut = byPlan.skip > 0 ? [`${byPlan.skip.toLocaleString('en-US')} left out`] : []
  return [`${countOf(byPlan.write, 'policy', 'policies')} to write`, ...leftOut, equal].join(', ')
}
