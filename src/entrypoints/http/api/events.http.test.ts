import { describe, expect, test } from 'vitest'
import { createEventFeed } from '#entrypoints/http/events/event-feed.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'
import { endSessionsOf } from '#domain/access/sessions/end-sessions.ts'
import { failing, givenEndedRun } from '#domain/notifications/notifications-testing.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { givenClaim, givenEnded } from '#domain/operations/operations-testing.ts'
import { keepProgress } from '#domain/operations/progress.ts'
import { feedEvent, type FeedEvent } from '#contract/api/events.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import type { UserId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'

const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })
const sync = { type: 'inventory.sync', input: {}, trigger: 'user' } as const

interface Given extends AsyncDisposable {
  readonly ctx: WorkspaceContext
  readonly tenant: TenantContext
  readonly path: string
  readonly person: { readonly userId: UserId; readonly token: string }
  readonly app: ReturnType<typeof givenApp>
}

/** Nothing is found by looking, unless the test says so: what arrives was heard. */
async function given({ lookMs = 3_600_000, hears = true, heartbeatMs = 3_600_000 } = {}): Promise<Given> {
  const ctx = await givenWorkspace(database.db)
  const tenant = await givenTenant(database.db, ctx)
  const person = await givenPerson(database.db, { ctx, role: 'operator' })
  const listening = database.openAnother()
  const { db, pool } = listening
  const feed = createEventFeed({ db, log, lookMs, heartbeatMs, ...(hears && { pool }) })
  return {
    ctx,
    tenant,
    path: `/api/v1/workspaces/${slugOfTest(ctx)}/events`,
    person,
    app: givenApp(database.api, { feed }),
    async [Symbol.asyncDispose]() {
      await feed[Symbol.asyncDispose]()
      await listening.close()
    },
  }
}

interface Message {
  readonly event?: string | undefined
  readonly id?: string | undefined
  readonly data?: FeedEvent
  readonly end?: unknown
}

/** Reads the events one by one, as a client does. */
async function follow({ app, path }: Given, token: string, lastEventId?: string) {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const response = await app.open(path, { token, headers })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const messages = read(response)
  async function next(): Promise<Message> {
    const { value } = await messages.next()
    if (value === undefined) throw new Error('the stream has ended')
    return value
  }
  return {
    messages,
    next,
    /** The next one of that kind. */
    until: async (kind: string): Promise<Message> => {
      for (;;) {
        const message = await next()
        if (message.data?.kind === kind) return message
      }
    },
    async [Symbol.asyncDispose]() {
      await messages.return()
    },
  }
}

async function* read(response: Response): AsyncGenerator<Message, void> {
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader()
  const decoder = new TextDecoder()
  let left = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const blocks = (left + decoder.decode(value, { stream: true })).split('\n\n')
      left = blocks.pop() ?? ''
      for (const block of blocks) yield messageOf(block)
    }
  } finally {
    await reader.cancel()
  }
}

function messageOf(block: string): Message {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
  const [event, id, data] = [field('event'), field('id'), field('data')]
  if (data === undefined) return { event, id }
  const json: unknown = JSON.parse(data)
  // Every event is one of the contract.
  return event === 'message' ? { event, id, data: feedEvent.parse(json) } : { event, id, end: json }
}

const runOf = ({ data }: Message) => (data !== undefined && 'run' in data ? data.run : undefined)

describe('events', () => {
  test('tell that a run is created, begins, goes on and ends', async () => {
    await using all = await given()
    await using stream = await follow(all, all.person.token)
    expect(await stream.next()).toMatchObject({ data: { kind: 'following' }, id: expect.stringMatching(/^\d{16}$/) })
    const { runId } = await startRun(database.db, all.tenant, sync)
    expect(await stream.next()).toMatchObject({
      data: { kind: 'run.created', run: { id: runId, status: 'queued', tenant: { id: all.tenant.tenantRef } } },
    })
    const claim = await givenClaim(database.db, all.tenant)
    using progress = keepProgress(database.db, claim)
    progress.report({ processed: 1, total: 2, step: 'policies' })
    const changed = await stream.until('run.changed')
    expect(runOf(changed)).toMatchObject({ id: runId, status: 'running', progress: { processed: 1, total: 2 } })
    progress.report({ processed: 2, total: 2, step: 'policies' })
    expect(runOf(await stream.until('run.progress'))).toMatchObject({ progress: { processed: 2 } })
  })

  test('tell how a run ended', async () => {
    await using all = await given()
    await using stream = await follow(all, all.person.token)
    await stream.until('following')
    const { id } = await givenEnded(database.db, all.tenant, sync)
    expect(runOf(await stream.until('run.ended'))).toMatchObject({ id, status: 'completed', outcome: 'succeeded' })
  })

  test('tell who started a run that they were notified, and nobody else', async () => {
    await using all = await given()
    const actor = { kind: 'user', userId: all.person.userId, name: 'Somebody' } as const
    const colleague = await givenPerson(database.db, { ctx: all.ctx, role: 'owner' })
    await using mine = await follow(all, all.person.token)
    await using theirs = await follow(all, colleague.token)
    await mine.until('following')
    await theirs.until('following')
    const run = await givenEndedRun(database.db, actingAs(all.tenant, actor), failing)
    await relayOutbox(database.db)
    const { data } = await mine.until('notification')
    expect(data).toMatchObject({ kind: 'notification', notification: { runId: run.id, outcome: 'failed' } })
    const other = await startRun(database.db, all.ctx, { type: 'retention.prune', input: {}, trigger: 'user' })
    for (let message = await theirs.next(); ; message = await theirs.next()) {
      expect(message.data?.kind).not.toBe('notification')
      if (runOf(message)?.id === other.runId) break
    }
  })

  test('resume after the event a client saw last, with all that is stored', async () => {
    await using all = await given()
    const first = await follow(all, all.person.token)
    const { id } = await first.until('following')
    await first[Symbol.asyncDispose]()
    const ended = await givenEnded(database.db, all.tenant, sync)
    const begun = await startRun(database.db, all.tenant, sync)
    await using second = await follow(all, all.person.token, id)
    expect(await second.next()).toMatchObject({ data: { kind: 'following' } })
    const [one, two] = [await second.next(), await second.next()]
    expect([one, two].map(({ data }) => data?.kind)).toEqual(['run.ended', 'run.created'])
    expect([one, two].map((message) => runOf(message)?.id)).toEqual([ended.id, begun.runId])
    // Whoever is cut off between the two resumes from before both.
    expect([one.id, two.id]).toEqual([undefined, expect.stringMatching(/^\d{16}$/)])
  })

  test('say that everything has to be read again where too much was missed', async () => {
    await using all = await given()
    for (const id of ['1', 'nonsense']) {
      await using stream = await follow(all, all.person.token, id)
      expect(await stream.next()).toMatchObject({ data: { kind: 'following' } })
      expect(await stream.next()).toMatchObject({ data: { kind: 'reload' }, id: expect.any(String) })
    }
  })

  test('of other tenants are not told to who sees one', async () => {
    await using all = await given()
    const hidden = await givenTenant(database.db, all.ctx)
    const narrowed = await givenPerson(database.db, { ctx: all.ctx, role: 'operator', allTenants: false })
    const row = {
      workspace_id: all.ctx.workspaceId,
      tenant_id: all.tenant.tenantId,
      user_id: narrowed.userId,
      role: 'operator',
    }
    await inWorkspace(database.db, all.ctx, (tx) => tx.insertInto('tenant_members').values(row).execute())
    await using narrow = await follow(all, narrowed.token)
    await using wide = await follow(all, all.person.token)
    const { id } = await narrow.until('following')
    const unseen = await givenEnded(database.db, hidden, sync)
    expect(runOf(await wide.until('run.ended'))).toMatchObject({ id: unseen.id })
    const seen = await givenEnded(database.db, all.tenant, sync)
    for (let ended = false; !ended;) {
      const message = await narrow.next()
      expect(runOf(message)).toMatchObject({ id: seen.id })
      ended = message.data?.kind === 'run.ended'
    }
    await using again = await follow(all, narrowed.token, id)
    await again.until('following')
    expect(runOf(await again.next())).toMatchObject({ id: seen.id })
  })

  test.each([
    ['the session', ({ person }: Given) => endSessionsOf(database.db, person.userId)],
    [
      'the membership',
      ({ ctx, person }: Given) =>
        inWorkspace(database.db, ctx, (tx) =>
          tx.deleteFrom('workspace_members').where('user_id', '=', person.userId).execute(),
        ),
    ],
  ])('end when %s does, before anything more is told', async (_, end) => {
    await using all = await given()
    await using stream = await follow(all, all.person.token)
    await stream.until('following')
    await end(all)
    await startRun(database.db, all.tenant, sync)
    expect(await stream.next()).toMatchObject({ event: 'done', end: { reason: 'access_ended' } })
    expect(await stream.messages.next()).toMatchObject({ done: true })
  })

  test('end for whose access ended also where nothing happens, and are found where nothing is heard', async () => {
    await using all = await given({ lookMs: 50, hears: false })
    await using stream = await follow(all, all.person.token)
    await stream.until('following')
    const { id } = await givenEnded(database.db, all.tenant, sync)
    expect(runOf(await stream.until('run.ended'))).toMatchObject({ id })
    await endSessionsOf(database.db, all.person.userId)
    expect(await stream.next()).toMatchObject({ end: { reason: 'access_ended' } })
  })

  test('beat while nothing happens', async () => {
    await using all = await given({ heartbeatMs: 20 })
    const response = await all.app.open(all.path, { token: all.person.token })
    const reader = response.body?.getReader()
    const texts: string[] = []
    while (!texts.includes(':\n\n')) texts.push(new TextDecoder().decode((await reader?.read())?.value))
    await reader?.cancel()
    expect(texts[0]).toMatch(/^event: message\n/)
  })

  test('are followed by one member 20 times at most, and again when one of them ends', async () => {
    await using all = await given()
    const { token } = all.person
    const streams = await Promise.all(Array.from({ length: 20 }, () => follow(all, token)))
    for (const stream of streams) await stream.until('following')
    expect(await all.app('GET', all.path, { token })).toMatchObject({
      status: 429,
      body: { reason: 'too_many_requests' },
    })
    await streams[0]?.[Symbol.asyncDispose]()
    await using again = await follow(all, token)
    expect(await again.next()).toMatchObject({ data: { kind: 'following' } })
    for (const stream of streams) await stream[Symbol.asyncDispose]()
  })

  test('are refused to who is signed out and who is elsewhere', async () => {
    await using all = await given()
    const elsewhere = await givenPerson(database.db, { ctx: await givenWorkspace(database.db), role: 'owner' })
    expect(await all.app('GET', all.path)).toMatchObject({ status: 401 })
    expect(await all.app('GET', all.path, { token: elsewhere.token })).toMatchObject({ status: 404 })
  })
})
