import type { RestoreItem, RestoreRun } from '#domain/restore/restore-run.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import { iso } from '#entrypoints/documents/iso.ts'

export interface RestoreDocument {
  readonly id: string
  readonly state: RestoreRun['state']
  readonly mode: RestoreRun['mode']
  readonly backupSetId: string | null
  readonly undoOf: string | null
  /** Policies that were equal already are left out of the plan. */
  readonly onlyChanged: boolean
  readonly planHash: string | null
  readonly checks: readonly {
    readonly id: string
    readonly severity: RestoreRun['checks'][number]['severity']
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
    onlyChanged: restore.onlyChanged,
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
  readonly plan: RestoreItem['plan']
  readonly state: RestoreItem['state']
  readonly diff: readonly { readonly kind: 'added' | 'removed' | 'changed'; readonly text: string }[]
  readonly previewHash: string | null
  readonly desiredHash: string | null
  readonly foundHash: string | null
  readonly written: RestoreItem['written']
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

/** With the items of `view`: all of them, or a page. */
export function restoreDetailDocument(view: RestoreView): RestoreDetailDocument {
  return { ...restoreDocument(view), counts: view.counts, items: view.items.map(restoreItemDocument) }
}
