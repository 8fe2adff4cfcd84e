import type { ReceiverSent } from '#contract/api/channels.ts'
import type { ReceiverInput } from '#domain/notifications/describe-channel.ts'
import { given } from '#foundation/kernel/given.ts'

/** A receiver as it was sent, without the keys that were left out. */
export function receiverOf(sent: ReceiverSent): ReceiverInput {
  // Safe: both name the same keys for each kind.
  return given(sent) as ReceiverInput
}
