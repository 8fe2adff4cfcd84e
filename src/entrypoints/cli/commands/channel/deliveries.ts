import type { DeliveryState } from '#domain/notifications/delivery.ts'
import { findChannel } from '#domain/notifications/find-channel.ts'
import { listDeliveries } from '#domain/notifications/list-deliveries.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { deliveryColumns } from '#entrypoints/cli/notifications/delivery-columns.ts'
import { deliveryDocument } from '#entrypoints/documents/delivery-document.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  state?: DeliveryState
  limit?: string
}

export const channelDeliveries: Command<Options> = async (cli, [text], { state, limit: limitText }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  await using session = await openSession(cli)
  const { db } = session.product
  const channel = text === undefined ? undefined : await findChannel(db, session.ctx, text)
  const { items } = await listDeliveries(db, session.ctx, {
    limit,
    ...(channel && { channelId: channel.id }),
    ...(state && { states: [state] }),
  })
  await cli.printer.list({
    items: items.map(deliveryDocument),
    columns: deliveryColumns,
    empty: 'Nothing was sent yet, or nothing like that. Try a channel with `tenantatlas channel test <channel>`.',
  })
}
