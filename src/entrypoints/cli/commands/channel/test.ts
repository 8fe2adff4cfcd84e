import { findChannel } from '#domain/notifications/find-channel.ts'
import type { DeliveryView } from '#domain/notifications/list-deliveries.ts'
import { followDelivery, testChannel } from '#domain/notifications/test-channel.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { openSession } from '#entrypoints/cli/session.ts'

const patienceMs = 60_000

export const channelTest: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const { id, name } = await findChannel(db, session.ctx, text)
  const deliveryId = await testChannel(db, session.ctx, id)
  if (cli.printer.isForPeople) cli.terminal.say(`A worker sends a test to "${name}" …`)
  const patience = AbortSignal.timeout(patienceMs)
  const signal = cli.options.wait ? AbortSignal.any([cli.signal, patience]) : AbortSignal.abort()
  const delivery = await followDelivery(db, session.ctx, deliveryId, { signal })
  const { error, ...outcome } = outcomeOf(delivery)
  await cli.printer.detail({
    document: {
      channel: { id, name },
      deliveryId,
      isDelivered: outcome.isDelivered,
      status: delivery.lastStatus,
      error,
    },
    facts: [
      ['Delivered', { word: outcome.word, tone: outcome.isDelivered ? 'success' : 'danger' }],
      ['Status', String(delivery.lastStatus ?? '–')],
      ...(error === null ? [] : [['It said', error] as const]),
    ],
  })
  if (cli.signal.aborted) return exitCodes.interrupted
  return outcome.isDelivered || !cli.options.wait ? exitCodes.ok : exitCodes.failed
}

function outcomeOf({ state, lastError }: DeliveryView) {
  if (state === 'delivered') return { isDelivered: true, word: 'Yes', error: lastError }
  if (state === 'given_up') return { isDelivered: false, word: 'No', error: lastError }
  return { isDelivered: false, word: 'Not yet', error: lastError ?? notYet }
}

const notYet = 'No worker has sent it yet; see `tenantatlas channel deliveries` and `tenantatlas worker list`.'
