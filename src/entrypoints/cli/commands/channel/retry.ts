import { listDeliveries } from '#domain/notifications/list-deliveries.ts'
import { retryDelivery } from '#domain/notifications/retry-delivery.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId, isUuid } from '#foundation/kernel/ids.ts'
import type { DeliveryId } from '#foundation/kernel/ids.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { endingWith, recent } from '#entrypoints/cli/ending-with.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import type { Session } from '#entrypoints/cli/session.ts'

export const channelRetry: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const id = await idOf(session, text)
  await retryDelivery(session.product.db, session.ctx, id)
  cli.terminal.say('It is sent again now, under the id it had. See: tenantatlas channel deliveries')
}

async function idOf({ product, ctx }: Session, text: string): Promise<DeliveryId> {
  if (isUuid(text)) return asId<DeliveryId>(text.toLowerCase())
  const { items } = await listDeliveries(product.db, ctx, { limit: recent })
  const found = endingWith(items, { text, plural: 'deliveries' })
  if (found !== undefined) return found.id
  throw new Failure(
    'not_found',
    `There is no delivery "${text}"; \`tenantatlas channel deliveries\` shows those there are.`,
  )
}
