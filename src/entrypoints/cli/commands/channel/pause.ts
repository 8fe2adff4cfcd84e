import { findChannel } from '#domain/notifications/find-channel.ts'
import { pauseChannel, resumeChannel } from '#domain/notifications/pause-channel.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const channelPause: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const { id, name } = await findChannel(session.product.db, session.ctx, text)
  const hasChanged = await pauseChannel(session.product.db, session.ctx, id)
  cli.terminal.say(
    hasChanged
      ? `Nothing is sent to "${name}" any more; what happens meanwhile waits. Next: tenantatlas channel resume "${name}"`
      : `"${name}" was paused already.`,
  )
}

export const channelResume: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const { id, name } = await findChannel(session.product.db, session.ctx, text)
  const hasChanged = await resumeChannel(session.product.db, session.ctx, id)
  cli.terminal.say(hasChanged ? `"${name}" is sent to again, what waited first.` : `"${name}" was not paused.`)
}
