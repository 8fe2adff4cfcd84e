import type { ChannelView } from '#domain/notifications/channel.ts'
import { channelsOf, lockChannel } from '#domain/notifications/channels.store.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'

/** The channels of the workspace, by name. */
export async function listChannels(db: Database, ctx: WorkspaceContext): Promise<ChannelView[]> {
  return inWorkspace(db, ctx, (tx) => channelsOf(tx, ctx))
}

/** The channel with that name or id. @throws Failure `not_found` with what was perhaps meant */
export async function findChannel(db: Database, ctx: WorkspaceContext, text: string): Promise<ChannelView> {
  const channels = await listChannels(db, ctx)
  const found = channels.find(({ id, name }) => id === text.toLowerCase() || name === text)
  if (found !== undefined) return found
  const names = channels.map(({ name }) => name)
  throw new Failure('not_found', `There is no channel "${text}" in this workspace.${didYouMean(text, names)}`)
}

/** One channel. @throws Failure `not_found` */
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
