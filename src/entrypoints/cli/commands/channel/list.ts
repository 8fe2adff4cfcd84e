import type { Command } from '#entrypoints/cli/cli.ts'
import { channelColumns } from '#entrypoints/cli/notifications/print-channel.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const channelList: Command = async (cli) => {
  const { api, at } = await openSession(cli)
  const { items } = await api.channels.list(at)
  await cli.printer.list({
    items,
    columns: channelColumns,
    empty:
      'No channel yet: nobody outside is told how runs end, or that credentials do. Add one with `tenantatlas channel add "Operations" --kind teams --url-file <file>`.',
  })
}
