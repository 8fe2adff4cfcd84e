import { badgeOf } from '#contract/badges.ts'
import type { NotificationView } from '#domain/notifications/list-notifications.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

/** A notification as `-o json` shows it. */
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

export const notificationColumns: readonly Column<NotificationDocument>[] = [
  { key: 'title', header: 'WHAT HAPPENED', cell: ({ title }) => title },
  {
    key: 'outcome',
    header: 'STATUS',
    keepsWidth: true,
    cell: ({ outcome }) => badgeOf('runOutcome', outcome),
    csv: ({ outcome }) => outcome,
  },
  { key: 'next', header: 'WHAT TO DO', isMinor: true, cell: ({ next }) => next.join(' ') },
  {
    key: 'createdAt',
    header: 'WHEN',
    cell: ({ createdAt }) => ago(createdAt),
    csv: ({ createdAt }) => createdAt,
  },
  {
    key: 'readAt',
    header: 'READ',
    isMinor: true,
    cell: ({ readAt }) => (readAt === null ? 'no' : 'yes'),
    csv: ({ readAt }) => readAt ?? '',
  },
  { key: 'id', header: 'ID', isId: true, cell: ({ id }) => id },
]
