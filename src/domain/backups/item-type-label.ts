import { isFoundationType } from '#domain/backups/backup-set.ts'
import type { BackupItemType, FoundationType } from '#domain/backups/backup-set.ts'
import { assignmentFilters, notificationMessageTemplates, scopeTags } from '#graph/contracts/foundations.ts'
import { contractOf } from '#graph/contracts/registry.ts'

const foundationLabel = {
  groups: 'Group',
  assignmentFilters: assignmentFilters.label,
  scopeTags: scopeTags.label,
  notificationMessageTemplates: notificationMessageTemplates.label,
} as const satisfies Record<FoundationType, string>

/** What people call one item of a type: "Settings catalog policy", "Group". */
export function itemTypeLabel(type: BackupItemType): string {
  return isFoundationType(type) ? foundationLabel[type] : contractOf(type).label
}
