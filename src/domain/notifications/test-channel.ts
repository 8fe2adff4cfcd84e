import { setTimeout as pause } from 'node:timers/promises'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { deliveryOf } from '#domain/notifications/delivery-log.store.ts'
import { insertTestDelivery } from '#domain/notifications/deliveries.store.ts'
import { channelOf } from '#domain/notifications/find-channel.ts'
import { deliveryView } from '#domain/notifications/list-deliveries.ts'
import type { DeliveryView } from '#domain/notifications/list-deliveries.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ChannelId, DeliveryId } from '#foundation/kernel/ids.ts'

/** Has a worker send a test, once, before what waits, also to a paused channel. */
export async function testChannel(db: Database, ctx: WorkspaceContext, channelId: ChannelId): Promise<DeliveryId> {
  return inWorkspace(db, ctx, async (tx) => {
    await channelOf(tx, ctx, channelId)
    const subject = { kind: 'notification_channel', id: channelId }
    await recordAudit(tx, ctx, { action: 'channel.test', subject, outcome: 'succeeded' })
    return insertTestDelivery(tx, { ctx, channelId })
  })
}

/** One delivery as it is now. @throws Failure `not_found` */
export async function showDelivery(db: Database, ctx: WorkspaceContext, id: DeliveryId): Promise<DeliveryView> {
  const row = await inWorkspace(db, ctx, (tx) => deliveryOf(tx, ctx, id))
  if (row === undefined) throw new Failure('not_found', 'There is no such delivery, or it is gone with its channel.')
  return deliveryView(row)
}

/** Follows a delivery until it is delivered or given up; what it is by then when `signal` aborts before. */
export async function followDelivery(
  db: Database,
  ctx: WorkspaceContext,
  id: DeliveryId,
  { signal, pollMs = 250 }: { readonly signal: AbortSignal; readonly pollMs?: number },
): Promise<DeliveryView> {
  for (;;) {
    const delivery = await showDelivery(db, ctx, id)
    if (signal.aborted || ['delivered', 'given_up'].includes(delivery.state)) return delivery
    await pause(pollMs, undefined, { signal }).catch(() => undefined)
  }
}
