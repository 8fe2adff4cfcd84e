import { recordAudit } from '#domain/audit/record-audit.ts'
import type { Answer } from '#domain/notifications/answer.ts'
import { deliver, deliveryLeaseMs } from '#domain/notifications/deliver.ts'
import type { DeliverDeps } from '#domain/notifications/deliver.ts'
import { channelOf } from '#domain/notifications/find-channel.ts'
import { events } from '#domain/notifications/message.ts'
import { insertTestDelivery } from '#domain/notifications/deliveries.store.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'

/** Sends a test now, once, also to a paused channel, and resolves to what the receiver answered. */
export async function testChannel(
  deps: DeliverDeps,
  ctx: WorkspaceContext,
  channelId: ChannelId,
  signal: AbortSignal,
): Promise<Answer> {
  const { workspaceId } = ctx
  const { id, createdAt } = await inWorkspace(deps.db, ctx, async (tx) => {
    await channelOf(tx, ctx, channelId)
    const subject = { kind: 'notification_channel', id: channelId }
    await recordAudit(tx, ctx, { action: 'channel.test', subject, outcome: 'succeeded' })
    return insertTestDelivery(tx, { workspaceId, channelId }, deliveryLeaseMs)
  })
  const claim = { workspaceId, channelId, id, attempt: 1, tries: 1, event: events.test, runId: null, createdAt }
  return deliver(deps, claim, signal)
}
