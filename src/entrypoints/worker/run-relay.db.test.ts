import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { listDeliveries } from '#domain/notifications/list-deliveries.ts'
import { listNotifications } from '#domain/notifications/list-notifications.ts'
import { givenSealingKey, testKeys } from '#domain/keys/keys-testing.ts'
import { deliverDeps, endsIn, givenEndedRun, givenWebhook } from '#domain/notifications/notifications-testing.ts'
import { givenReceiver } from '#domain/notifications/testing-receiver.ts'
import type { Received } from '#domain/notifications/testing-receiver.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { createLog } from '#foundation/observability/log.ts'
import { runRelay } from '#entrypoints/worker/run-relay.ts'
import type { RelayProgramSettings } from '#entrypoints/worker/relay-program.fixture.ts'

const database = useTestDatabase()
beforeAll(() => givenSealingKey(database.owner))
const log = createLog({ level: 'silent', pretty: false })
const program = join(import.meta.dirname, 'relay-program.fixture.ts')

afterEach(async () => {
  await database.owner.deleteFrom('deliveries').execute()
})

/** A real relay process on the test's database; disposing kills it if it still lives. */
function spawnRelay(failpoint?: string) {
  const settings: RelayProgramSettings = { url: database.url, keys: testKeys }
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, ...(failpoint !== undefined && { TENANTATLAS_FAILPOINT: failpoint }) },
  })
  const logged = text(child.stderr)
  const exited = once(child, 'exit').then(([code, signal]) => ({ code: code as unknown, signal: signal as unknown }))
  return {
    exited,
    logged,
    stop: () => child.kill('SIGTERM'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** A relay in this process. */
function startRelay(options: { db?: typeof database.db; pollMs?: number } = {}) {
  const stopping = new AbortController()
  const deps = deliverDeps(options.db ?? database.db)
  const relaying = runRelay({ ...deps, log, signal: stopping.signal, pollMs: 20, ...options })
  const stop = async () => {
    stopping.abort()
    await relaying
  }
  return { stop, [Symbol.asyncDispose]: stop }
}

async function givenTold() {
  const receiver = await givenReceiver()
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  const { signingSecret } = await givenWebhook(deliverDeps(database.db), ctx, receiver)
  const run = await givenEndedRun(database.db, ctx)
  return { receiver, ctx, run, signingSecret, [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose]() }
}

async function statesOf(ctx: WorkspaceContext) {
  return (await listDeliveries(database.db, ctx)).items.map(({ state }) => state)
}

async function leasesEnd(): Promise<void> {
  await sql`update deliveries set next_attempt_at = clock_timestamp() where state = 'sending'`.execute(database.owner)
}

const idsOf = (received: readonly Received[]) => received.map(({ headers }) => headers['webhook-id'])
// As long as the other tests of worker processes wait: starting one is part of it.
const within = { timeout: 40_000 }

describe('a relay process', () => {
  test.each([
    ['before the commit of the relay', 'notification.relaying:kill@1', 1],
    ['after it', 'notification.relayed:kill@1', 1],
    ['before it sends', 'delivery.sending:kill@1', 1],
    ['after it sent, before it is written down', 'delivery.sent:kill@1', 2],
  ])('that is killed %s leaves one notification and one delivery', async (_, failpoint, sendings) => {
    await using told = await givenTold()
    await using first = spawnRelay(failpoint)
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await leasesEnd()
    await using _second = spawnRelay()
    await expect.poll(() => statesOf(told.ctx), within).toEqual(['delivered'])
    expect((await listNotifications(database.db, told.ctx)).items).toMatchObject([{ runId: told.run.id }])
    expect(idsOf(told.receiver.received)).toHaveLength(sendings)
    expect(new Set(idsOf(told.receiver.received)).size).toBe(1)
  })

  test.each([
    ['before the commit', 'credentials.telling:kill@1'],
    ['after it', 'credentials.told:kill@1'],
  ])('that is killed %s of a notice of a credential leaves it told once', async (_, failpoint) => {
    await using receiver = await givenReceiver()
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    await givenWebhook(deliverDeps(database.db), ctx, receiver)
    const reader = { kind: 'secret', clientId: crypto.randomUUID(), secret: 'kX8Q~correct.horse' } as const
    await connectTenant({ db: database.db }, ctx, { reader })
    await endsIn(database.owner, ctx, 7)
    await using first = spawnRelay(failpoint)
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await using _second = spawnRelay()
    await using _third = spawnRelay()
    await expect.poll(() => statesOf(ctx), within).toEqual(['delivered'])
    expect((await listNotifications(database.db, ctx)).items).toMatchObject([{ event: 'credential.expiring' }])
    expect(receiver.received).toHaveLength(1)
  })

  test('that is told to stop while a receiver keeps it waiting gives the delivery back and exits with 0', async () => {
    await using told = await givenTold()
    told.receiver.reply = () => undefined
    await using relay = spawnRelay()
    await expect.poll(() => told.receiver.received.length, within).toBe(1)
    relay.stop()
    expect(await relay.exited).toEqual({ code: 0, signal: null })
    expect(await statesOf(told.ctx)).toEqual(['failed'])
    told.receiver.reply = (response) => void response.end()
    await using _second = spawnRelay()
    await expect.poll(() => statesOf(told.ctx), within).toEqual(['delivered'])
  })

  test('writes no secret, no address of a person and no name into its log', async () => {
    await using told = await givenTold()
    told.receiver.reply = (response) => void response.writeHead(400).end(`${told.signingSecret} ada@example.com`)
    await using relay = spawnRelay()
    await expect.poll(() => statesOf(told.ctx), within).toEqual(['failed'])
    relay.stop()
    await relay.exited
    const logged = await relay.logged
    expect(logged).toContain('notification not delivered')
    for (const canary of [told.signingSecret?.slice(6) ?? '', 'ada@example.com', 'Ada Moreau'])
      expect(logged).not.toContain(canary)
  })
})

describe('runRelay()', () => {
  test('run twice at once tells every run once', async () => {
    await using told = await givenTold()
    await using another = database.openAnother()
    await using _one = startRelay()
    await using _two = startRelay({ db: another.db })
    for (let i = 0; i < 5; i += 1) await givenEndedRun(database.db, told.ctx)
    await expect.poll(() => statesOf(told.ctx), within).toEqual(Array.from({ length: 6 }, () => 'delivered'))
    expect((await listNotifications(database.db, told.ctx)).items).toHaveLength(6)
    expect(new Set(idsOf(told.receiver.received)).size).toBe(6)
    expect(told.receiver.received).toHaveLength(6)
  })

  test('does not let a receiver that never answers hold back another', async () => {
    await using dead = await givenTold()
    dead.receiver.reply = () => undefined
    await using alive = await givenTold()
    for (let i = 0; i < 3; i += 1) await givenEndedRun(database.db, dead.ctx)
    await using _relay = startRelay()
    await expect.poll(() => dead.receiver.received.length, within).toBe(1)
    await givenEndedRun(database.db, alive.ctx)
    await expect.poll(() => statesOf(alive.ctx), within).toEqual(['delivered', 'delivered'])
    expect(dead.receiver.received).toHaveLength(1)
  })

  test('goes on after the database threw it out', async () => {
    await using another = database.openAnother()
    await using _relay = startRelay({ db: another.db })
    await using before = await givenTold()
    await expect.poll(() => statesOf(before.ctx), within).toEqual(['delivered'])
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'another'
       and datname = current_database()`,
    )
    await using after = await givenTold()
    await expect.poll(() => statesOf(after.ctx), within).toEqual(['delivered'])
  })

  test('ends at once when there is nothing to do, and while the database is away', async () => {
    await startRelay({ pollMs: 60_000 }).stop()
    const nowhere = database.openAnother({ url: 'postgres://x:y@127.0.0.1:1/z' })
    await using _closed = nowhere
    await startRelay({ db: nowhere.db, pollMs: 60_000 }).stop()
    expect(await database.owner.selectFrom('deliveries').select('id').execute()).toEqual([])
  })
})
