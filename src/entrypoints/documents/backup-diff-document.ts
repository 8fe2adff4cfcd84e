import type { BackupDiffDocument, DifferenceDocument } from '#contract/api/backups.ts'
import type { BackupDiff, PolicyDifference } from '#domain/backups/diff-backup.ts'
import { contractOf } from '#graph/contracts/registry.ts'

/** What happened since a backup, as programs see it. */
export function backupDiffDocument({ backupSetId, compared, unchanged, differences }: BackupDiff): BackupDiffDocument {
  return { backupSetId, compared, unchanged, differences: differences.map(differenceDocument) }
}

function differenceDocument(difference: PolicyDifference): DifferenceDocument {
  const { type, graphId, name, state } = difference
  return {
    type,
    typeLabel: contractOf(type).label,
    graphId,
    name,
    state,
    lines: state === 'changed' ? difference.lines.map(({ kind, text }) => ({ kind, text })) : [],
    since: state === 'deleted' ? difference.since.toISOString() : null,
    problem: state === 'unknown' ? difference.problem : null,
  }
}
