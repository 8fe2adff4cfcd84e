import { badgeOf } from '#contract/badges.ts'
import type { BackupDocument, CompletenessDocument } from '#contract/api/backups.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

export const backupColumns: readonly Column<BackupDocument>[] = [
  { key: 'id', header: 'ID', isId: true, cell: (backup) => backup.id },
  {
    key: 'state',
    header: 'STATE',
    keepsWidth: true,
    cell: (backup) => badgeOf('backupState', backup.state),
    csv: (backup) => backup.state,
  },
  { key: 'createdAt', header: 'MADE', cell: (backup) => ago(backup.createdAt), csv: (backup) => backup.createdAt },
  {
    key: 'captured',
    header: 'OBJECTS',
    align: 'right',
    isMinor: true,
    cell: (backup) => count(capturedOf(backup)),
    csv: (backup) => String(capturedOf(backup)),
  },
  { key: 'verified', header: 'VERIFIED', isMinor: true, cell: verifiedWords },
  { key: 'pinned', header: 'PINNED', isMinor: true, cell: ({ pinned }) => (pinned === null ? '' : 'yes') },
  { key: 'createdBy', header: 'BY', isMinor: true, cell: (backup) => backup.createdBy },
  { key: 'note', header: 'NOTE', cell: (backup) => backup.note ?? '' },
]

export function capturedOf({ completeness }: BackupDocument): number {
  return completeness.reduce((sum, { captured }) => sum + captured, 0)
}

export function verifiedWords({ verification }: BackupDocument): string {
  if (verification === null) return 'never'
  return verification.damagedItems === 0 ? ago(verification.at) : `${count(verification.damagedItems)} damaged`
}

export const completenessColumns: readonly Column<CompletenessDocument>[] = [
  { key: 'type', header: 'TYPE', cell: (type) => type.type },
  { key: 'state', header: 'STATE', keepsWidth: true, cell: (type) => badgeOf('backupState', type.state) },
  { key: 'captured', header: 'KEPT', align: 'right', cell: (type) => count(type.captured) },
  { key: 'unread', header: 'UNREAD', align: 'right', cell: (type) => count(type.unread) },
  { key: 'problem', header: 'WHY', cell: (type) => type.problems[0]?.message ?? '' },
]
