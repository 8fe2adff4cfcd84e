import { credentialNotice, factsOf, type CredentialFacts } from '#domain/notifications/credential-notice.ts'
import { inboxOf } from '#domain/notifications/inbox.ts'
import { notificationsBefore } from '#domain/notifications/notifications.store.ts'
import { pageOf, readCursor } from '#domain/notifications/place.ts'
import type { Notice } from '#domain/notifications/notice.ts'
import { runNotice } from '#domain/notifications/run-notice.ts'
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
  /** Of the run it is about; null, like what it says of it, when it is about a credential. */
  readonly runId: RunId | null
  readonly runType: string | null
  readonly outcome: RunOutcome | null
  readonly credential: CredentialFacts | null
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

/** A row is of a run or of a credential, as the table checks. */
export function notificationView(row: NotificationRow): NotificationView {
  const tenant = tenantOf(row)
  const { id, event, created_at: createdAt, read_at: readAt } = row
  const own = { id: asId<NotificationId>(id), event, tenant, createdAt, readAt }
  return row.run_id === null ? { ...own, ...ofCredential(row, tenant) } : { ...own, ...ofRun(row, tenant) }
}

type About = Pick<NotificationView, 'runId' | 'runType' | 'outcome' | 'credential' | 'notice'>

// Columns read with `as` carry constraints, or JSON that only the ledger writes.
function ofRun(row: NotificationRow, tenant: NotificationView['tenant']): About {
  const { type, outcome } = row
  if (row.run_id === null || type === null || outcome === null) throw lost()
  const notice = runNotice({
    label: operationLabel(type),
    tenant,
    outcome,
    counts: row.summary_counts as SummaryCounts,
    failures: row.failure_summary as FailureLine[],
  })
  return { runId: asId<RunId>(row.run_id), runType: type, outcome, credential: null, notice }
}

function ofCredential(row: NotificationRow, tenant: NotificationView['tenant']): About {
  const { purpose, kind, client_id, expires_at, within_days } = row
  if (tenant === null || purpose === null || kind === null || client_id === null) throw lost()
  if (expires_at === null || within_days === null) throw lost()
  const facts = factsOf({ purpose, kind, client_id, expires_at, within_days })
  return { runId: null, runType: null, outcome: null, credential: facts, notice: credentialNotice(facts, tenant) }
}

function lost(): TypeError {
  return new TypeError('a notification without what it is about')
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
