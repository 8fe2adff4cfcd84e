/**
 * Backups: what a tenant's policies and their assignments were, kept for ever as they were read. A set belongs to the
 * run that captured it, says per type how complete it is, and never changes once it is complete or partial.
 */
import type { GraphProblem } from '#graph/client/graph-client.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'
import type { BackupSetId, RunId } from '#foundation/kernel/ids.ts'

/** What assignments refer to: kept with every set, so that it can be understood when the tenant has forgotten them. */
export const foundationTypes = ['groups', 'assignmentFilters', 'scopeTags', 'notificationMessageTemplates'] as const

export type FoundationType = (typeof foundationTypes)[number]
export type BackupItemType = PolicyType | FoundationType

export function isFoundationType(type: BackupItemType): type is FoundationType {
  return (foundationTypes as readonly string[]).includes(type)
}

export interface BackupProblem {
  readonly reason: Reason
  readonly message: string
  readonly count: number
}

/** How much of one type a set holds. */
export interface TypeCompleteness {
  /** `not_applicable`: the tenant does not have this type at all, for lack of a licence. */
  readonly state: 'complete' | 'partial' | 'failed' | 'not_applicable'
  readonly captured: number
  /** Listed but not read whole. */
  readonly unread: number
  readonly problems: readonly BackupProblem[]
  /** What Microsoft Graph never returns (secrets): missing in every backup of this type. */
  readonly neverReturned: readonly string[]
}

export type Completeness = Readonly<Partial<Record<BackupItemType, TypeCompleteness>>>

export type BackupState = 'capturing' | 'complete' | 'partial' | 'failed'

export interface BackupSet {
  readonly id: BackupSetId
  /** `failed` also when the run that captured it ended before it was done. */
  readonly state: BackupState
  readonly completeness: Completeness
  readonly note: string | null
  readonly runId: RunId
  readonly createdBy: string
  readonly createdAt: Date
  readonly completedAt: Date | null
  readonly verification: { readonly at: Date; readonly damagedItems: number } | null
  /** A pinned set is never pruned. */
  readonly pinned: { readonly at: Date; readonly by: string } | null
}

/** A set is complete when every type is; failed when no type could be read; partial in between. */
export function stateOfSet(completeness: Completeness): 'complete' | 'partial' | 'failed' {
  const types = Object.values(completeness)
  if (types.every((type) => type.state === 'complete' || type.state === 'not_applicable')) return 'complete'
  return types.every((type) => type.state === 'failed') ? 'failed' : 'partial'
}

/** The same problems once each, with how often. */
export function summarizeProblems(
  problems: readonly Pick<GraphProblem, 'reason' | 'message'>[],
): readonly BackupProblem[] {
  const byText = new Map<string, BackupProblem>()
  for (const { reason, message } of problems) {
    const key = `${reason} ${message}`
    byText.set(key, { reason, message, count: (byText.get(key)?.count ?? 0) + 1 })
  }
  return [...byText.values()]
}
