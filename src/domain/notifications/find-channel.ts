import type { ChannelView } from '#domain/notifications/channel.ts'
import { channelsOf, lockChannel } from '#domain/notifications/channels.store.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'

/** The channels of the workspace, by name. */
export async function listChannels(db: Database, ctx: WorkspaceContext): Promise<ChannelView[]> {
  return inWorkspace(db, ctx, (tx) => channelsOf(tx, ctx))
}

/** One channel. @throws Failure `not_found` */
export async function showChannel(db: Database, ctx: WorkspaceContext, channelId: ChannelId): Promise<ChannelView> {
  return inWorkspace(db, ctx, (tx) => channelOf(tx, ctx, channelId))
}

/** The same inside the caller's transaction. */
export async function channelOf(tx: Tx, ctx: WorkspaceContext, channelId: ChannelId): Promise<ChannelView> {
  const [row] = await channelsOf(tx, ctx, channelId)
  if (row === undefined) throw new Failure('not_found', `There is no channel ${channelId} in this workspace.`)
  return row
}

/** The same, locked until the transaction ends. */
export async function channelForChange(tx: Tx, ctx: WorkspaceContext, channelId: ChannelId): Promise<ChannelView> {
  await lockChannel(tx, ctx, channelId)
  return channelOf(tx, ctx, channelId)
}
