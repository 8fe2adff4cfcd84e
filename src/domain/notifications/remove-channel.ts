import { recordAudit } from '#domain/audit/record-audit.ts'
import { deleteChannel } from '#domain/notifications/channels.store.ts'
import { channelOf } from '#domain/notifications/find-channel.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'

/** Removes a channel with its secret, what waits for it and its delivery log. @throws Failure `not_found` */
export async function removeChannel(db: Database, ctx: WorkspaceContext, channelId: ChannelId): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    const { settings } = await channelOf(tx, ctx, channelId)
    await deleteChannel(tx, ctx, channelId)
    await recordAudit(tx, ctx, {
      action: 'channel.remove',
      subject: { kind: 'notification_channel', id: channelId },
      outcome: 'succeeded',
      detail: { kind: settings.kind },
    })
  })
}
