import type { DeliveryDocument } from '#contract/api/channels.ts'
import { badgeOf } from '#contract/badges.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

export const deliveryColumns: readonly Column<DeliveryDocument>[] = [
  { key: 'channel', header: 'CHANNEL', cell: ({ channel }) => channel.name },
  {
    key: 'state',
    header: 'STATUS',
    keepsWidth: true,
    cell: ({ state }) => badgeOf('deliveryState', state),
    csv: ({ state }) => state,
  },
  { key: 'attempts', header: 'TRIES', align: 'right', isMinor: true, cell: ({ attempts }) => String(attempts) },
  {
    key: 'nextAttemptAt',
    header: 'NEXT TRY',
    isMinor: true,
    cell: ({ nextAttemptAt }) => ago(nextAttemptAt, '–'),
    csv: ({ nextAttemptAt }) => nextAttemptAt ?? '',
  },
  { key: 'lastError', header: 'WHAT IT SAID', cell: ({ lastError }) => lastError ?? '' },
  {
    key: 'createdAt',
    header: 'SINCE',
    isMinor: true,
    cell: ({ createdAt }) => ago(createdAt),
    csv: ({ createdAt }) => createdAt,
  },
  { key: 'event', header: 'EVENT', isMinor: true, cell: ({ event }) => event },
  { key: 'run', header: 'RUN', isId: true, isMinor: true, cell: ({ runId }) => runId ?? '' },
  { key: 'id', header: 'ID', isId: true, cell: ({ id }) => id },
]
