import type { DeliveryDocument } from '#contract/api/channels.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { deliveryColumns } from '#entrypoints/cli/notifications/delivery-columns.ts'
import { findChannel } from '#entrypoints/cli/notifications/find-channel.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { pagesUpTo } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  state?: DeliveryDocument['state']
  limit?: string
}

export const channelDeliveries: Command<Options> = async (cli, [text], { state, limit: limitText }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  const session = await openSession(cli)
  const { api, at } = session
  const channel = text === undefined ? undefined : await findChannel(session, text)
  const { items } = await pagesUpTo(limit, (page) =>
    api.channels.deliveries({ ...at, ...page, ...(channel && { channel: channel.id }), ...(state && { state }) }),
  )
  await cli.printer.list({
    items,
    columns: deliveryColumns,
    empty: 'Nothing was sent yet, or nothing like that. Try a channel with `tenantatlas channel test <channel>`.',
  })
}
