import { findChannel } from '#domain/notifications/find-channel.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { printChannel } from '#entrypoints/cli/notifications/print-channel.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const channelShow: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  await printChannel(cli, await findChannel(session.product.db, session.ctx, text))
}
