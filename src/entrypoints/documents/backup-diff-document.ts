import type { BackupDiff, PolicyDifference } from '#domain/backups/diff-backup.ts'
import { contractOf } from '#graph/contracts/registry.ts'

/** What happened since a backup, as programs see it. */
export interface BackupDiffDocument {
  readonly backupSetId: string
  readonly compared: number
  readonly unchanged: number
  readonly differences: readonly DifferenceDocument[]
}

export interface DifferenceDocument {
  readonly type: string
  readonly typeLabel: string
  readonly graphId: string
  readonly name: string
  /** `changed`, `deleted`, `new`, or `unknown`: what could not be read is not a difference. */
  readonly state: PolicyDifference['state']
  readonly lines: readonly { readonly kind: 'added' | 'removed' | 'changed'; readonly text: string }[]
  readonly since: string | null
  readonly problem: string | null
}

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
