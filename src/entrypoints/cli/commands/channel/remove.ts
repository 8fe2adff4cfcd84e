import type { Command } from '#entrypoints/cli/cli.ts'
import { confirmName } from '#entrypoints/cli/confirm-name.ts'
import { findChannel } from '#entrypoints/cli/notifications/find-channel.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const channelRemove: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id, name } = await findChannel(session, text)
  await confirmName(cli, name, `This removes "${name}", what waits for it and its delivery log.`)
  await session.api.channels.remove({ ...session.at, channel: id })
  cli.terminal.say(`"${name}" is removed: nothing is sent there any more.`)
}
