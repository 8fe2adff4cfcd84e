import { recordAudit } from '#domain/audit/record-audit.ts'
import { setPaused } from '#domain/notifications/channels.store.ts'
import { channelOf } from '#domain/notifications/find-channel.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'

/** Stops sending to a channel; what happens meanwhile waits. Resolves to whether it was not paused before. */
export async function pauseChannel(db: Database, ctx: WorkspaceContext, channelId: ChannelId): Promise<boolean> {
  return change(db, ctx, channelId, true)
}

/** Sends to a channel again, what waited first. Resolves to whether it was paused before. */
export async function resumeChannel(db: Database, ctx: WorkspaceContext, channelId: ChannelId): Promise<boolean> {
  return change(db, ctx, channelId, false)
}

async function change(db: Database, ctx: WorkspaceContext, channelId: ChannelId, isPaused: boolean): Promise<boolean> {
  return inWorkspace(db, ctx, async (tx) => {
    await channelOf(tx, ctx, channelId)
    if (!(await setPaused(tx, ctx, channelId, isPaused))) return false
    await recordAudit(tx, ctx, {
      action: isPaused ? 'channel.pause' : 'channel.resume',
      subject: { kind: 'notification_channel', id: channelId },
      outcome: 'succeeded',
    })
    return true
  })
}
