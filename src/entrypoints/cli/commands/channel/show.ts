import type { Command } from '#entrypoints/cli/cli.ts'
import { findChannel } from '#entrypoints/cli/notifications/find-channel.ts'
import { printChannel } from '#entrypoints/cli/notifications/print-channel.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const channelShow: Command = async (cli, [text = '']) => {
  await printChannel(cli, await findChannel(await openSession(cli), text))
}
