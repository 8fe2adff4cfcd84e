import type { Command } from '#entrypoints/cli/cli.ts'
import { findChannel } from '#entrypoints/cli/notifications/find-channel.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const channelPause: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id, name, pausedAt } = await findChannel(session, text)
  await session.api.channels.pause({ ...session.at, channel: id })
  cli.terminal.say(
    pausedAt === null
      ? `Nothing is sent to "${name}" any more; what happens meanwhile waits. Next: tenantatlas channel resume "${name}"`
      : `"${name}" was paused already.`,
  )
}

export const channelResume: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id, name, pausedAt } = await findChannel(session, text)
  await session.api.channels.resume({ ...session.at, channel: id })
  cli.terminal.say(pausedAt === null ? `"${name}" was not paused.` : `"${name}" is sent to again, what waited first.`)
}
