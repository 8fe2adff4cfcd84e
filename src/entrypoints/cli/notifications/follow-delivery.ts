import { setTimeout as pause } from 'node:timers/promises'
import type { DeliveryDocument } from '#contract/api/channels.ts'
import type { Session } from '#entrypoints/cli/session.ts'

const lookEveryMs = 250

/** Follows a delivery until it is delivered or given up; what it was last when `signal` aborts before. */
export async function followDelivery(
  { api, at }: Session,
  delivery: string,
  signal: AbortSignal,
): Promise<DeliveryDocument> {
  for (;;) {
    const now = await api.channels.delivery({ ...at, delivery })
    if (now.state === 'delivered' || now.state === 'given_up') return now
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return now
  }
}
