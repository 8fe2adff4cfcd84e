import { findChannel } from '#domain/notifications/find-channel.ts'
import { testChannel } from '#domain/notifications/test-channel.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const channelTest: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const { id, name } = await findChannel(session.product.db, session.ctx, text)
  if (cli.printer.isForPeople) cli.terminal.say(`Sending a test to "${name}" …`)
  const { isDelivered, status, error } = await testChannel(session.product, session.ctx, id, cli.signal)
  await cli.printer.detail({
    document: { channel: { id, name }, isDelivered, status, error },
    facts: [
      ['Delivered', isDelivered ? { word: 'Yes', tone: 'success' } : { word: 'No', tone: 'danger' }],
      ['Status', status === null ? '–' : String(status)],
      ...(error === null ? [] : [['It said', error] as const]),
    ],
  })
  return isDelivered ? exitCodes.ok : exitCodes.failed
}
