import type { NotificationDocument } from '#contract/api/notifications.ts'
import { badgeOf } from '#contract/badges.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

export const notificationColumns: readonly Column<NotificationDocument>[] = [
  { key: 'title', header: 'WHAT HAPPENED', cell: ({ title }) => title },
  {
    key: 'outcome',
    header: 'STATUS',
    keepsWidth: true,
    cell: statusOf,
    csv: ({ outcome, credential }) => outcome ?? credential?.severity ?? '',
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

function statusOf({ outcome, credential }: NotificationDocument) {
  return outcome === null
    ? badgeOf('credentialSeverity', credential?.severity ?? 'info')
    : badgeOf('runOutcome', outcome)
}
