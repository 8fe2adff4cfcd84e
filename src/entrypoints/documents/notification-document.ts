import type { NotificationView } from '#domain/notifications/list-notifications.ts'
import { iso } from '#entrypoints/documents/iso.ts'

/** A notification as programs see it. */
export interface NotificationDocument {
  readonly id: string
  readonly event: string
  readonly runId: string
  readonly runType: string
  readonly outcome: string
  readonly tenant: { readonly id: string; readonly name: string } | null
  readonly title: string
  readonly body: string
  readonly problems: readonly string[]
  readonly next: readonly string[]
  readonly createdAt: string
  readonly readAt: string | null
}

export function notificationDocument(notification: NotificationView): NotificationDocument {
  const { id, event, runId, runType, outcome, tenant, notice, createdAt, readAt } = notification
  return {
    id,
    event,
    runId,
    runType,
    outcome,
    tenant: tenant && { id: tenant.ref, name: tenant.name },
    title: notice.title,
    body: notice.body,
    problems: notice.problems,
    next: notice.next,
    createdAt: createdAt.toISOString(),
    readAt: iso(readAt),
  }
}
