import { badgeOf } from '#contract/badges.ts'
import type { DeliveryView } from '#domain/notifications/list-deliveries.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

/** A delivery as `-o json` shows it. */
export interface DeliveryDocument {
  readonly id: string
  readonly channel: { readonly id: string; readonly name: string }
  readonly event: string
  readonly runId: string | null
  readonly state: string
  readonly attempts: number
  readonly nextAttemptAt: string | null
  readonly lastStatus: number | null
  readonly lastError: string | null
  readonly lastAttemptAt: string | null
  readonly deliveredAt: string | null
  readonly createdAt: string
}

export function deliveryDocument(delivery: DeliveryView): DeliveryDocument {
  return {
    id: delivery.id,
    channel: delivery.channel,
    event: delivery.event,
    runId: delivery.runId,
    state: delivery.state,
    attempts: delivery.attempts,
    nextAttemptAt: iso(delivery.nextAttemptAt),
    lastStatus: delivery.lastStatus,
    lastError: delivery.lastError,
    lastAttemptAt: iso(delivery.lastAttemptAt),
    deliveredAt: iso(delivery.deliveredAt),
    createdAt: delivery.createdAt.toISOString(),
  }
}

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
  { key: 'run', header: 'RUN', isId: true, isMinor: true, cell: ({ runId }) => runId ?? 'test' },
  { key: 'id', header: 'ID', isId: true, cell: ({ id }) => id },
]
