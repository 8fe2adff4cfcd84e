import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { givenSealingKey } from '#domain/keys/keys-testing.ts'
import { changeChannel } from '#domain/notifications/change-channel.ts'
import { claimDue, deliver } from '#domain/notifications/deliver.ts'
import type { NotifySettings } from '#domain/notifications/deliver.ts'
import { listChannels } from '#domain/notifications/find-channel.ts'
import { deliverDeps, givenEndedRun, givenWebhook } from '#domain/notifications/notifications-testing.ts'
import { listDeliveries } from '#domain/notifications/list-deliveries.ts'
import type { DeliveryView } from '#domain/notifications/list-deliveries.ts'
import { triesOfDelivery } from '#domain/notifications/next-attempt.ts'
import { pauseChannel, resumeChannel } from '#domain/notifications/pause-channel.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { retryDelivery } from '#domain/notifications/retry-delivery.ts'
import { givenReceiver } from '#domain/notifications/testing-receiver.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
beforeAll(() => givenSealingKey(database.owner))
const never = new AbortController().signal

afterEach(async () => {
  await database.owner.deleteFrom('deliveries').execute()
})

/** A run that ended, relayed to one webhook of its workspace. */
async function givenDelivery(notify: Partial<NotifySettings> = {}) {
  const receiver = await givenReceiver()
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  const deps = deliverDeps(database.db, notify)
  const channel = await givenWebhook(deps, ctx, receiver)
  const run = await givenEndedRun(database.db, ctx)
  await relayOutbox(database.db)
  const sendDue = async (signal = never) => {
    const claims = await claimDue(database.db, { busy: [], limit: 10 })
    return Promise.all(claims.map((claim) => deliver(deps, claim, signal)))
  }
  return { receiver, ctx, deps, channel, run, sendDue, [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose]() }
}

async function theDelivery(ctx: WorkspaceContext): Promise<DeliveryView> {
  const { items } = await listDeliveries(database.db, ctx)
  expect(items).toHaveLength(1)
  return items[0] as DeliveryView
}

/** Everything that waits is due now. */
async function letTimePass(): Promise<void> {
  await sql`update deliveries set next_attempt_at = clock_timestamp() where next_attempt_at is not null`.execute(
    database.owner,
  )
}

/** Milliseconds from now, by the database's clock. */
async function dueInMs({ workspaceId }: WorkspaceContext): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from next_attempt_at - clock_timestamp()) * 1000)::float8 as ms
    from deliveries where workspace_id = ${workspaceId}`.execute(database.owner)
  return rows[0]?.ms ?? Number.NaN
}

describe('deliver()', () => {
  test('sends the event under the id of the delivery and writes down what the receiver said', async () => {
    await using given = await givenDelivery()
    expect(await given.sendDue()).toEqual([{ isDelivered: true, status: 200, error: null }])
    const delivery = await theDelivery(given.ctx)
    expect(delivery).toMatchObject({
      state: 'delivered',
      attempts: 1,
      lastStatus: 200,
      lastError: null,
      nextAttemptAt: null,
    })
    const [received] = given.receiver.received
    expect(received?.headers['webhook-id']).toBe(delivery.id)
    const secret = given.channel.signingSecret ?? ''
    const payload = new Webhook(secret).verify(received?.body ?? '', received?.headers as Record<string, string>)
    expect(payload).toMatchObject({ data: { run: { id: given.run.id, type: 'backup.capture' } } })
    expect(await given.sendDue()).toEqual([])
  })

  test('tries a receiver that is down again later, with the same id, until it is up', async () => {
    await using given = await givenDelivery()
    given.receiver.reply = (response) => void response.writeHead(503).end()
    await given.sendDue()
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'failed', attempts: 1, lastStatus: 503 })
    expect(await dueInMs(given.ctx)).toBeGreaterThan(3_000)
    expect(await given.sendDue()).toEqual([])
    await letTimePass()
    given.receiver.reply = (response) => void response.end()
    await given.sendDue()
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'delivered', attempts: 2, lastError: null })
    expect(new Set(given.receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  test('waits as long as the receiver asks', async () => {
    await using given = await givenDelivery()
    given.receiver.reply = (response) => void response.writeHead(429, { 'retry-after': '3600' }).end()
    await given.sendDue()
    expect(await dueInMs(given.ctx)).toBeGreaterThan(3_500_000)
  })

  test('takes an answer after the limit for none', async () => {
    await using given = await givenDelivery({ limitMs: 100 })
    const { promise: late, resolve } = Promise.withResolvers<void>()
    given.receiver.reply = (response) => {
      response.on('close', resolve)
    }
    expect(await given.sendDue()).toEqual([{ isDelivered: false, status: null, error: 'No answer within 0.1 s.' }])
    await late
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'failed', lastStatus: null })
  })

  test('does not follow a redirect', async () => {
    await using given = await givenDelivery()
    await using inside = await givenReceiver()
    given.receiver.reply = (response) => void response.writeHead(307, { location: inside.url }).end()
    await given.sendDue()
    expect(inside.received).toEqual([])
    expect((await theDelivery(given.ctx)).lastError).toContain('redirects (307)')
  })

  test('gives up after the last try, and goes on when somebody asks', async () => {
    await using given = await givenDelivery()
    given.receiver.reply = (response) => void response.writeHead(500).end()
    for (let i = 0; i < triesOfDelivery; i += 1) {
      await given.sendDue()
      await letTimePass()
    }
    const { id } = await theDelivery(given.ctx)
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'given_up', attempts: triesOfDelivery })
    expect(await given.sendDue()).toEqual([])
    await retryDelivery(database.db, given.ctx, id)
    await given.sendDue()
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'failed', attempts: triesOfDelivery + 1 })
    expect(await dueInMs(given.ctx)).toBeLessThan(7_000)
    given.receiver.reply = (response) => void response.end()
    await retryDelivery(database.db, given.ctx, id)
    await given.sendDue()
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'delivered' })
    await expect(retryDelivery(database.db, given.ctx, id)).rejects.toThrow('was delivered')
    await expect(retryDelivery(database.db, given.ctx, newId())).rejects.toThrow('There is no delivery')
  })

  test('stops sending to a receiver that is gone for good', async () => {
    await using given = await givenDelivery()
    given.receiver.reply = (response) => void response.writeHead(410).end()
    await given.sendDue()
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'given_up', lastStatus: 410 })
    expect(await listChannels(database.db, given.ctx)).toMatchObject([{ pausedAt: expect.any(Date) }])
  })

  test('is sent again at once when this process stops in between', async () => {
    await using given = await givenDelivery()
    const stopping = new AbortController()
    given.receiver.reply = () => stopping.abort()
    await given.sendDue(stopping.signal)
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'failed', attempts: 1 })
    given.receiver.reply = (response) => void response.end()
    await given.sendDue()
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'delivered', attempts: 2 })
  })

  test('keeps what a receiver says back free of the secret', async () => {
    await using given = await givenDelivery()
    const secret = given.channel.signingSecret ?? ''
    given.receiver.reply = (response) => void response.writeHead(400).end(`you signed with ${secret}, ada@example.com`)
    await given.sendDue()
    expect((await theDelivery(given.ctx)).lastError).toBe('It answered 400: you signed with [secret], [e-mail]')
  })

  test('says that a secret does not open with the keys of this host', async () => {
    await using given = await givenDelivery()
    await database.owner.updateTable('channel_secrets').set({ sealed: 'v2.AAAA' }).execute()
    await given.sendDue()
    expect(given.receiver.received).toEqual([])
    expect((await theDelivery(given.ctx)).lastError).toContain('does not open on host')
  })

  test('signs with the old secret too for a day after a rotation', async () => {
    await using given = await givenDelivery()
    const before = given.channel.signingSecret ?? ''
    const change = { rotatesSecret: true }
    const { signingSecret: after } = await changeChannel(given.deps, given.ctx, given.channel.id, change)
    given.receiver.reply = (response) => void response.writeHead(500).end()
    await given.sendDue()
    await sql`update channel_secrets set created_at = created_at - interval '25 hours'`.execute(database.owner)
    await letTimePass()
    await given.sendDue()
    const accepts = (secret: string | null, { headers, body }: (typeof given.receiver.received)[number]) => {
      try {
        return Boolean(new Webhook(secret ?? '').verify(body, headers as Record<string, string>))
      } catch {
        return false
      }
    }
    const accepted = given.receiver.received.map((one) => [accepts(before, one), accepts(after, one)])
    expect(accepted).toEqual([
      [true, true],
      [false, true],
    ])
  })
})

describe('claimDue()', () => {
  test('gives each delivery to one of many who ask at once', async () => {
    await using given = await givenDelivery()
    await using another = database.openAnother()
    const asked = Array.from({ length: 8 }, (_, i) =>
      claimDue(i % 2 === 0 ? database.db : another.db, { busy: [], limit: 10 }),
    )
    expect((await Promise.all(asked)).flat()).toHaveLength(1)
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'sending', attempts: 1 })
  })

  test('takes over from a process that ended, whose answer then changes nothing', async () => {
    await using given = await givenDelivery()
    const [lost] = await claimDue(database.db, { busy: [], limit: 1, leaseMs: 0 })
    expect(lost).toBeDefined()
    const [taken] = await claimDue(database.db, { busy: [], limit: 1 })
    expect(taken).toMatchObject({ id: lost?.id, attempt: 2 })
    if (lost === undefined || taken === undefined) return
    given.receiver.reply = (response) => void response.writeHead(500).end()
    await deliver(given.deps, lost, never)
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'sending', attempts: 2, lastStatus: null })
    given.receiver.reply = (response) => void response.end()
    await deliver(given.deps, taken, never)
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'delivered', attempts: 2 })
    await deliver(given.deps, lost, never)
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'delivered', attempts: 2, lastStatus: 200 })
  })

  test('gives up what ends every process that sends it', async () => {
    await using given = await givenDelivery()
    for (let i = 0; i < triesOfDelivery; i += 1) await claimDue(database.db, { busy: [], limit: 1, leaseMs: 0 })
    expect(await given.sendDue()).toMatchObject([{ isDelivered: false }])
    expect(given.receiver.received).toEqual([])
    expect(await theDelivery(given.ctx)).toMatchObject({ state: 'given_up' })
  })

  test('takes one of each channel, the longest waiting first, and none of a busy or a paused one', async () => {
    await using given = await givenDelivery()
    const { ctx, deps, channel, receiver } = given
    const other = await givenWebhook(deps, ctx, receiver, { name: 'other' })
    await givenEndedRun(database.db, ctx)
    await relayOutbox(database.db)
    const channels = async (busy: readonly (typeof other.id)[] = []) => {
      const claims = await claimDue(database.db, { busy, limit: 10 })
      return claims.map(({ channelId }) => channelId)
    }
    expect(await channels([channel.id])).toEqual([other.id])
    await pauseChannel(database.db, ctx, channel.id)
    expect(await channels()).toEqual([])
    await resumeChannel(database.db, ctx, channel.id)
    expect(await channels()).toEqual([channel.id])
    expect(await channels()).toEqual([channel.id])
    expect(await channels()).toEqual([])
  })
})
