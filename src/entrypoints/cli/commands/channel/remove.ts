import { findChannel } from '#domain/notifications/find-channel.ts'
import { removeChannel } from '#domain/notifications/remove-channel.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { ask } from '#entrypoints/cli/ask.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const channelRemove: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const { id, name } = await findChannel(session.product.db, session.ctx, text)
  if (!cli.options.yes) {
    const question = `This removes "${name}", what waits for it and its delivery log. Type its name to go on: `
    if ((await ask(cli, question, 'Confirm the removal with --yes.')) !== name)
      throw new Failure('invalid_input', 'That is not its name: nothing was removed.')
  }
  await removeChannel(session.product.db, session.ctx, id)
  cli.terminal.say(`"${name}" is removed: nothing is sent there any more.`)
}
