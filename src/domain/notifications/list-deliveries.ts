import type { Selectable } from 'kysely'
import type { DeliveryState } from '#domain/notifications/delivery.ts'
import { deliveriesBefore } from '#domain/notifications/delivery-log.store.ts'
import type { DeliveryQuery } from '#domain/notifications/delivery-log.store.ts'
import { pageOf, readCursor } from '#domain/notifications/place.ts'
import type { Database } from '#foundation/db/database.ts'
import type { Deliveries } from '#foundation/db/schema.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { ChannelId, DeliveryId, RunId } from '#foundation/kernel/ids.ts'

/** One delivery as the log shows it. */
export interface DeliveryView {
  readonly id: DeliveryId
  readonly channel: { readonly id: ChannelId; readonly name: string }
  readonly event: string
  /** Null: a test, or about a credential. */
  readonly runId: RunId | null
  readonly state: DeliveryState
  readonly attempts: number
  readonly nextAttemptAt: Date | null
  readonly lastStatus: number | null
  readonly lastError: string | null
  readonly lastAttemptAt: Date | null
  readonly deliveredAt: Date | null
  readonly createdAt: Date
}

export interface DeliveryPage {
  readonly items: readonly DeliveryView[]
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null
}

/** What was sent and is to be sent to the channels of the workspace, newest first. */
export async function listDeliveries(
  db: Database,
  ctx: WorkspaceContext,
  options: DeliveryQuery & { readonly cursor?: string; readonly limit?: number } = {},
): Promise<DeliveryPage> {
  const { cursor, limit = 50, ...query } = options
  const before = readCursor(cursor)
  const rows = await inWorkspace(db, ctx, (tx) => deliveriesBefore(tx, ctx, { query, before, limit: limit + 1 }))
  const { items, nextCursor } = pageOf(
    rows.map((row) => ({ row, createdAt: row.place, id: row.id })),
    limit,
  )
  return { items: items.map(({ row }) => deliveryView(row)), nextCursor }
}

export function deliveryView(row: Selectable<Deliveries> & { readonly channel_name: string }): DeliveryView {
  return {
    id: asId<DeliveryId>(row.id),
    channel: { id: asId<ChannelId>(row.channel_id), name: row.channel_name },
    event: row.event,
    runId: row.run_id === null ? null : asId<RunId>(row.run_id),
    // The column has a check constraint.
    state: row.state as DeliveryState,
    attempts: row.attempts,
    nextAttemptAt: row.state === 'sending' ? null : row.next_attempt_at,
    lastStatus: row.last_status,
    lastError: row.last_error,
    lastAttemptAt: row.last_attempt_at,
    deliveredAt: row.delivered_at,
    createdAt: row.created_at,
  }
}
