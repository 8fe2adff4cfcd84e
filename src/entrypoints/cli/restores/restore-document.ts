import { badgeOf } from '#contract/badges.ts'
import { countOf } from '#contract/moments.ts'
import type { RestoreItem, RestoreRun } from '#domain/restore/restore-run.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { truncateId } from '#entrypoints/cli/output/text-width.ts'

export interface RestoreDocument {
  readonly id: string
  readonly state: string
  readonly mode: string
  readonly backupSetId: string | null
  readonly undoOf: string | null
  readonly planHash: string | null
  readonly checks: readonly {
    readonly id: string
    readonly severity: string
    readonly reason: string
    readonly message: string
    readonly count: number
  }[]
  readonly previewRunId: string | null
  readonly runId: string | null
  readonly createdBy: string
  readonly confirmedBy: string | null
  readonly createdAt: string
  readonly previewedAt: string | null
  readonly confirmedAt: string | null
  readonly completedAt: string | null
}

export function restoreDocument(restore: RestoreRun): RestoreDocument {
  return {
    id: restore.id,
    state: restore.state,
    mode: restore.mode,
    backupSetId: restore.backupSetId,
    undoOf: restore.undoOf,
    planHash: restore.planHash,
    checks: restore.checks.map(({ id, severity, reason, message, count }) => ({
      id,
      severity,
      reason,
      message,
      count,
    })),
    previewRunId: restore.previewRunId,
    runId: restore.runId,
    createdBy: restore.createdBy,
    confirmedBy: restore.confirmedBy,
    createdAt: restore.createdAt.toISOString(),
    previewedAt: iso(restore.previewedAt),
    confirmedAt: iso(restore.confirmedAt),
    completedAt: iso(restore.completedAt),
  }
}

export interface RestoreItemDocument {
  readonly type: string
  readonly typeLabel: string
  readonly graphId: string
  readonly name: string
  readonly plan: string
  readonly state: string
  readonly diff: readonly { readonly kind: string; readonly text: string }[]
  readonly previewHash: string | null
  readonly desiredHash: string | null
  readonly foundHash: string | null
  readonly written: string
  readonly recovered: boolean
  readonly approvalCode: string | null
  readonly reason: string | null
  readonly message: string | null
}

export function restoreItemDocument(item: RestoreItem): RestoreItemDocument {
  const {
    type,
    graphId,
    name,
    plan,
    state,
    previewHash,
    desiredHash,
    foundHash,
    written,
    recovered,
    approvalCode,
    reason,
    message,
  } = item
  return {
    type,
    typeLabel: contractOf(type).label,
    graphId,
    name,
    plan,
    state,
    diff: item.diff.map(({ kind, text }) => ({ kind, text })),
    previewHash,
    desiredHash,
    foundHash,
    written,
    recovered,
    approvalCode,
    reason,
    message,
  }
}

export interface RestoreDetailDocument extends RestoreDocument {
  readonly counts: RestoreView['counts']
  readonly items: readonly RestoreItemDocument[]
}

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
export function leftOutWords({ byPlan: { skip } }: RestoreView['counts']): string {
  return `${countOf(skip, 'policy', 'policies')} ${skip === 1 ? 'is' : 'are'} left out`
}

/** `4 policies to write, 508 equal already, 1 left out`. */
export function planWords({ counts: { byPlan }, onlyChanged }: Pick<RestoreView, 'counts' | 'onlyChanged'>): string {
  const equal = onlyChanged
    ? 'all others are equal already'
    : `${byPlan.no_change.toLocaleString('en-US')} equal already`
  const leftOut = byPlan.skip > 0 ? [`${byPlan.skip.toLocaleString('en-US')} left out`] : []
  return [`${countOf(byPlan.write, 'policy', 'policies')} to write`, ...leftOut, equal].join(', ')
}
