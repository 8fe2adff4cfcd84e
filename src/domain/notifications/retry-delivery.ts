import { recordAudit } from '#domain/audit/record-audit.ts'
import type { DeliveryState } from '#domain/notifications/delivery.ts'
import { deliveryForUpdate, queueAgain } from '#domain/notifications/delivery-log.store.ts'
import { events } from '#domain/notifications/message.ts'
import { triesOfDelivery } from '#domain/notifications/next-attempt.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { DeliveryId } from '#foundation/kernel/ids.ts'

export const deliveryCan = {
  retry: ['failed', 'given_up'],
} as const satisfies Record<string, readonly DeliveryState[]>

/**
 * Sends a delivery again, now, under the id it had, and with a whole round of tries before it.
 * @throws Failure `not_found`; `invalid_state` for one that was delivered, or is to be sent anyway
 */
export async function retryDelivery(db: Database, ctx: WorkspaceContext, deliveryId: DeliveryId): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    const delivery = await deliveryForUpdate(tx, ctx, deliveryId)
    if (delivery === undefined) throw new Failure('not_found', `There is no delivery ${deliveryId} in this workspace.`)
    const state = delivery.state as DeliveryState
    if (!(deliveryCan.retry as readonly DeliveryState[]).includes(state))
      throw new Failure('invalid_state', `Delivery ${deliveryId} ${whyNot[state]}: there is nothing to send again.`)
    if (delivery.event === events.test)
      throw new Failure('invalid_state', 'A test is not sent again; run `tenantatlas channel test` once more.')
    await queueAgain(tx, ctx, deliveryId, triesOfDelivery)
    await recordAudit(tx, ctx, {
      action: 'delivery.retry',
      subject: { kind: 'delivery', id: deliveryId },
      outcome: 'succeeded',
      detail: { channel: delivery.channel_id },
    })
  })
}

const whyNot = {
  waiting: 'is about to be sent',
  sending: 'is being sent',
  delivered: 'was delivered',
  failed: '',
  given_up: '',
} as const satisfies Record<DeliveryState, string>
