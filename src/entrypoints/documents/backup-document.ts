import type { BackupSet, TypeCompleteness } from '#domain/backups/backup-set.ts'
import type { BackupView } from '#domain/backups/show-backup.ts'
import { iso } from '#entrypoints/documents/iso.ts'

export interface BackupDocument {
  readonly id: string
  readonly state: BackupSet['state']
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
  readonly state: TypeCompleteness['state']
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
