import { findChannel } from '#domain/notifications/find-channel.ts'
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
  const { state, lastStatus: status, lastError } = delivery
  const isDelivered = state === 'delivered'
  const isOver = isDelivered || state === 'given_up'
  const error = lastError ?? (isOver ? null : notYet)
  await cli.printer.detail({
    document: { channel: { id, name }, deliveryId, isDelivered, status, error },
    facts: [
      [
        'Delivered',
        isDelivered ? { word: 'Yes', tone: 'success' } : { word: isOver ? 'No' : 'Not yet', tone: 'danger' },
      ],
      ['Status', status === null ? '–' : String(status)],
      ...(error === null ? [] : [['It said', error] as const]),
    ],
  })
  if (cli.signal.aborted) return exitCodes.interrupted
  return isDelivered || !cli.options.wait ? exitCodes.ok : exitCodes.failed
}

const notYet = 'No worker has sent it yet; see `tenantatlas channel deliveries` and `tenantatlas worker list`.'
