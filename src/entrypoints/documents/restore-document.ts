import type { RestoreDetailDocument, RestoreDocument, RestoreItemDocument } from '#contract/api/restores.ts'
import type { RestoreItem } from '#domain/restore/restore-run.ts'
import type { RestoreWithApproval, SecondPerson } from '#domain/restore/second-person.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { tenantRefDocument } from '#entrypoints/documents/tenant-ref-document.ts'

export function restoreDocument(tenant: TenantContext, restore: RestoreWithApproval): RestoreDocument {
  return {
    id: restore.id,
    tenant: tenantRefDocument(tenant),
    state: restore.state,
    mode: restore.mode,
    backupSetId: restore.backupSetId,
    undoOf: restore.undoOf,
    onlyChanged: restore.onlyChanged,
    planHash: restore.planHash,
    approval: approvalDocument(restore.approval),
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

function approvalDocument({ state, limit, approvals }: SecondPerson): RestoreDocument['approval'] {
  return {
    state,
    limit,
    given: approvals.map(({ approverId, approverName, approvedAt, reason, stands }) => ({
      by: { id: approverId, name: approverName },
      at: approvedAt.toISOString(),
      reason,
      stands,
    })),
  }
}

function restoreItemDocument(item: RestoreItem): RestoreItemDocument {
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

/** With the items of `view`: all of them, or a page. */
export function restoreDetailDocument(tenant: TenantContext, view: RestoreView): RestoreDetailDocument {
  return { ...restoreDocument(tenant, view), counts: view.counts, items: view.items.map(restoreItemDocument) }
}
