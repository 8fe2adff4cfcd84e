import { badgeOf } from '#contract/badges.ts'
import type { BackupSet } from '#domain/backups/backup-set.ts'
import type { BackupView } from '#domain/backups/show-backup.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

export interface BackupDocument {
  readonly id: string
  readonly state: string
  readonly note: string | null
  readonly runId: string
  readonly createdBy: string
  readonly createdAt: string
  readonly completedAt: string | null
  readonly verification: { readonly at: string; readonly damagedItems: number } | null
  readonly pinned: { readonly at: string; readonly by: string } | null
  readonly completeness: readonly CompletenessDocument[]
}

export interface CompletenessDocument {
  readonly type: string
  readonly state: string
  readonly captured: number
  readonly unread: number
  readonly problems: readonly { readonly reason: string; readonly message: string; readonly count: number }[]
  readonly neverReturned: readonly string[]
}

export function backupDocument(set: BackupSet): BackupDocument {
  return {
    id: set.id,
    state: set.state,
    note: set.note,
    runId: set.runId,
    createdBy: set.createdBy,
    createdAt: set.createdAt.toISOString(),
    completedAt: iso(set.completedAt),
    verification: set.verification && {
      at: set.verification.at.toISOString(),
      damagedItems: set.verification.damagedItems,
    },
    pinned: set.pinned && { at: set.pinned.at.toISOString(), by: set.pinned.by },
    completeness: Object.entries(set.completeness).map(
      ([type, { state, captured, unread, problems, neverReturned }]) => ({
        type,
        state,
        captured,
        unread,
        problems,
        neverReturned,
      }),
    ),
  }
}

export interface BackupDetailDocument extends BackupDocument {
  readonly counts: { readonly policies: number; readonly unread: number; readonly foundations: number }
  readonly unreadItems: readonly {
    readonly type: string
    readonly graphId: string
    readonly name: string
    readonly problem: string
  }[]
}

export function backupDetailDocument(view: BackupView): BackupDetailDocument {
  const { policies, unread, foundations } = view.counts
  return {
    ...backupDocument(view),
    counts: { policies, unread, foundations },
    unreadItems: view.unreadItems.map(({ type, graphId, name, problem }) => ({ type, graphId, name, problem })),
  }
}

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
