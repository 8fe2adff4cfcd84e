import { inboxOf } from '#domain/notifications/inbox.ts'
import { notificationsBefore } from '#domain/notifications/notifications.store.ts'
import { pageOf, readCursor } from '#domain/notifications/place.ts'
import { runNotice } from '#domain/notifications/run-notice.ts'
import type { Notice } from '#domain/notifications/run-notice.ts'
import { operationLabel } from '#domain/operations/catalog.ts'
import type { FailureLine, RunOutcome, SummaryCounts } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantPlace, WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { NotificationId, RunId, TenantId, TenantRef } from '#foundation/kernel/ids.ts'

/** A notification as its recipient sees it. */
export interface NotificationView {
  readonly id: NotificationId
  readonly event: string
  readonly runId: RunId
  readonly runType: string
  readonly outcome: RunOutcome
  readonly tenant: TenantPlace | null
  readonly notice: Notice
  readonly createdAt: Date
  readonly readAt: Date | null
}

export interface NotificationPage {
  readonly items: readonly NotificationView[]
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null
}

/** The notifications of whoever acts, newest first. */
export async function listNotifications(
  db: Database,
  ctx: WorkspaceContext,
  options: { readonly isUnreadOnly?: boolean; readonly cursor?: string; readonly limit?: number } = {},
): Promise<NotificationPage> {
  const { isUnreadOnly = false, cursor, limit = 50 } = options
  const before = readCursor(cursor)
  const rows = await inWorkspace(db, ctx, (tx) =>
    notificationsBefore(tx, inboxOf(ctx), { isUnreadOnly, before, limit: limit + 1 }),
  )
  const { items, nextCursor } = pageOf(
    rows.map((row) => ({ row, createdAt: row.place, id: row.id })),
    limit,
  )
  return { items: items.map(({ row }) => notificationView(row)), nextCursor }
}

type NotificationRow = Awaited<ReturnType<typeof notificationsBefore>>[number]

// Columns read with `as` carry constraints, or JSON that only the ledger writes.
export function notificationView(row: NotificationRow): NotificationView {
  const tenant = tenantOf(row)
  const { outcome } = row
  return {
    id: asId<NotificationId>(row.id),
    event: row.event,
    runId: asId<RunId>(row.run_id),
    runType: row.type,
    outcome,
    tenant,
    notice: runNotice({
      label: operationLabel(row.type),
      tenant,
      outcome,
      counts: row.summary_counts as SummaryCounts,
      failures: row.failure_summary as FailureLine[],
    }),
    createdAt: row.created_at,
    readAt: row.read_at,
  }
}

function tenantOf({
  workspace_id,
  tenant_id,
  tenant_external_id,
  tenant_name,
}: NotificationRow): NotificationView['tenant'] {
  if (tenant_id === null || tenant_external_id === null || tenant_name === null) return null
  const [id, ref] = [asId<TenantId>(tenant_id), asId<TenantRef>(tenant_external_id)]
  return { workspaceId: asId(workspace_id), id, ref, name: tenant_name }
}
