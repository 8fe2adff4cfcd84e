import { listChannels } from '#domain/notifications/find-channel.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { channelColumns } from '#entrypoints/cli/notifications/print-channel.ts'
import { channelDocument } from '#entrypoints/documents/channel-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const channelList: Command = async (cli) => {
  await using session = await openSession(cli)
  const channels = await listChannels(session.product.db, session.ctx)
  await cli.printer.list({
    items: channels.map(channelDocument),
    columns: channelColumns,
    empty:
      'No channel yet: nobody outside is told how runs end. Add one with `tenantatlas channel add "Operations" --kind teams --url-file <file>`.',
  })
}
