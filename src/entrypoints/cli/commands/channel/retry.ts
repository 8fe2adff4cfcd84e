import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { endingWith, recent } from '#entrypoints/cli/ending-with.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import type { Session } from '#entrypoints/cli/session.ts'

export const channelRetry: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  await session.api.channels.retryDelivery({ ...session.at, delivery: await idOf(session, text) })
  cli.terminal.say('It is sent again now, under the id it had. See: tenantatlas channel deliveries')
}

async function idOf({ api, at }: Session, text: string): Promise<string> {
  if (isUuid(text)) return text.toLowerCase()
  const { items } = await api.channels.deliveries({ ...at, limit: recent })
  const found = endingWith(items, { text, plural: 'deliveries' })
  if (found !== undefined) return found.id
  throw new Failure(
    'not_found',
    `There is no delivery "${text}"; \`tenantatlas channel deliveries\` shows those there are.`,
  )
}
