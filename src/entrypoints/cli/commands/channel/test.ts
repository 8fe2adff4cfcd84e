import type { DeliveryDocument } from '#contract/api/channels.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findChannel } from '#entrypoints/cli/notifications/find-channel.ts'
import { followDelivery } from '#entrypoints/cli/notifications/follow-delivery.ts'
import { openSession } from '#entrypoints/cli/session.ts'

const patienceMs = 60_000

export const channelTest: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const found = await findChannel(session, text)
  const { channel, deliveryId } = await session.api.channels.test({ ...session.at, channel: found.id })
  if (cli.printer.isForPeople) cli.terminal.say(`A worker sends a test to "${channel.name}" …`)
  const patience = cli.options.wait ? AbortSignal.timeout(patienceMs) : AbortSignal.abort()
  const delivery = await followDelivery(session, deliveryId, AbortSignal.any([cli.signal, patience]))
  const { error, ...outcome } = outcomeOf(delivery)
  await cli.printer.detail({
    document: { channel, deliveryId, isDelivered: outcome.isDelivered, status: delivery.lastStatus, error },
    facts: [
      ['Delivered', { word: outcome.word, tone: outcome.isDelivered ? 'success' : 'danger' }],
      ['Status', String(delivery.lastStatus ?? '–')],
      ...(error === null ? [] : [['It said', error] as const]),
    ],
  })
  if (cli.signal.aborted) return exitCodes.interrupted
  return outcome.isDelivered || !cli.options.wait ? exitCodes.ok : exitCodes.failed
}

function outcomeOf({ state, lastError }: DeliveryDocument) {
  if (state === 'delivered') return { isDelivered: true, word: 'Yes', error: lastError }
  if (state === 'given_up') return { isDelivered: false, word: 'No', error: lastError }
  return { isDelivered: false, word: 'Not yet', error: lastError ?? notYet }
}

const notYet = 'No worker has sent it yet; see `tenantatlas channel deliveries` and `tenantatlas worker list`.'
