import type { BackupDetailDocument, BackupDocument } from '#contract/api/backups.ts'
import type { BackupSet } from '#domain/backups/backup-set.ts'
import type { BackupView } from '#domain/backups/show-backup.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { tenantRefDocument } from '#entrypoints/documents/tenant-ref-document.ts'

export function backupDocument(tenant: TenantContext, set: BackupSet): BackupDocument {
  return {
    id: set.id,
    tenant: tenantRefDocument(tenant),
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

export function backupDetailDocument(tenant: TenantContext, view: BackupView): BackupDetailDocument {
  const { policies, unread, foundations } = view.counts
  return {
    ...backupDocument(tenant, view),
    counts: { policies, unread, foundations },
    unreadItems: view.unreadItems.map(({ type, graphId, name, problem }) => ({ type, graphId, name, problem })),
  }
}
