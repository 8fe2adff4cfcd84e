import type { DeliveryView } from '#domain/notifications/list-deliveries.ts'
import { iso } from '#entrypoints/documents/iso.ts'

/** A delivery as programs see it. */
export interface DeliveryDocument {
  readonly id: string
  readonly channel: { readonly id: string; readonly name: string }
  readonly event: string
  readonly runId: string | null
  readonly state: DeliveryView['state']
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
