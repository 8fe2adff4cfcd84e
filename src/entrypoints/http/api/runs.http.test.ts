import { describe, expect, test } from 'vitest'
import { givenClaim, givenEnded } from '#domain/operations/operations-testing.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { trackRun } from '#domain/operations/track-run.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { createLog } from '#foundation/observability/log.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })

async function given() {
  const ctx = await givenWorkspace(database.db)
  const tenant = await givenTenant(database.db, ctx)
  const { token } = await givenPerson(database.db, { ctx, role: 'operator' })
  const ask = givenApp(database.api)
  const at = `/api/v1/workspaces/${slugOfTest(ctx)}/runs`
  return { ctx, tenant, token, ask, at }
}

const failed = { kind: 'finish', verdict: 'failed', result: {} } as const

describe('runs', () => {
  test('are filtered as the command line filters them', async () => {
    const { tenant, token, ask, at } = await given()
    const { id } = await givenEnded(database.db, tenant, { type: 'inventory.sync', input: {}, trigger: 'schedule' })
    const idsOf = async (query: string) => {
      const { status, body } = await ask('GET', `${at}?${query}`, { token })
      expect(status).toBe(200)
      return (body as { items: { id: string }[] }).items.map((run) => run.id)
    }
    expect(await idsOf('trigger=schedule')).toEqual([id])
    expect(await idsOf('trigger=user')).toEqual([])
    expect(await idsOf('initiator=ada%20moreau')).toEqual([id])
    expect(await idsOf('initiator=somebody')).toEqual([])
    expect(await idsOf('freshness=stuck')).toEqual([])
    expect(await idsOf('freshness=late&status=completed')).toEqual([])
  })

  test('say that somebody wants them to end, and whether they can be tried again', async () => {
    const { tenant, token, ask, at } = await given()
    await startRun(database.db, tenant, { type: 'inventory.sync', input: {}, trigger: 'user' })
    const { runId } = await givenClaim(database.db, tenant)
    const shown = async () => (await ask('GET', `${at}/${runId}`, { token })).body
    expect(await shown()).toMatchObject({ status: 'running', cancelRequested: false, isRetriable: false })
    expect((await ask('POST', `${at}/${runId}/cancel`, { token })).body).toEqual({ disposition: 'requested' })
    expect(await shown()).toMatchObject({ status: 'running', cancelRequested: true, isRetriable: false })
    const sync = { type: 'inventory.sync', input: {}, trigger: 'user' } as const
    const ended = await givenEnded(database.db, await givenTenant(database.db, tenant), sync, failed)
    expect((await ask('GET', `${at}/${ended.id}`, { token })).body).toMatchObject({
      status: 'completed',
      cancelRequested: false,
      isRetriable: true,
    })
  })

  test('list their items page by page', async () => {
    const { tenant, token, ask, at } = await given()
    await startRun(database.db, tenant, { type: 'inventory.sync', input: {}, trigger: 'user' })
    const claim = await givenClaim(database.db, tenant)
    const { signal } = new AbortController()
    await trackRun({ db: database.db, log, signal, leaseSignal: signal }, claim, async ({ items }) => {
      await items.record(['a', 'b', 'c'].map((key) => ({ key, label: key.toUpperCase(), outcome: 'succeeded' })))
      return {}
    })
    const path = `${at}/${claim.runId}/items`
    const first = await ask('GET', `${path}?limit=2`, { token })
    expect(first).toMatchObject({
      status: 200,
      body: {
        items: [
          { key: 'a', label: 'A', outcome: 'succeeded' },
          { key: 'b', label: 'B' },
        ],
      },
    })
    const { nextCursor } = first.body as { nextCursor: string }
    const second = await ask('GET', `${path}?limit=2&cursor=${nextCursor}`, { token })
    expect(second.body).toMatchObject({ items: [{ key: 'c' }], nextCursor: null })
    const stranger = await givenPerson(database.db, { ctx: await givenWorkspace(database.db), role: 'owner' })
    expect(await ask('GET', path, { token: stranger.token })).toMatchObject({ status: 404 })
  })

  test('are tried again once, by who may start that operation', async () => {
    const { ctx, tenant, token, ask, at } = await given()
    const run = await givenEnded(database.db, tenant, { type: 'inventory.sync', input: {}, trigger: 'user' }, failed)
    const path = `${at}/${run.id}/retry`
    const viewer = await givenPerson(database.db, { ctx, role: 'readonly' })
    expect(await ask('POST', path, { token: viewer.token })).toMatchObject({ status: 403 })
    const started = await ask('POST', path, { token })
    expect(started).toMatchObject({ status: 202, body: { disposition: 'created', retryAt: null } })
    expect(await ask('POST', path, { token })).toMatchObject({
      status: 200,
      body: { disposition: 'active', run: (started.body as { run: string }).run },
    })
    const shown = await ask('GET', `${at}/${(started.body as { run: string }).run}`, { token })
    expect(shown.body).toMatchObject({ trigger: 'user', context: { retryOf: run.id }, status: 'queued' })
  })

  test('are tried again inside the cooldown only by who may override it', async () => {
    const { tenant, ctx, token, ask, at } = await given()
    const start = { type: 'assignments.fetch', input: { what: { kind: 'all' } }, trigger: 'user' } as const
    const run = await givenEnded(database.db, tenant, start, failed)
    const path = `${at}/${run.id}/retry`
    expect(await ask('POST', path, { token })).toMatchObject({
      status: 200,
      body: { disposition: 'cooling_down', run: run.id, retryAt: expect.any(String) },
    })
    const body = { override: { reason: 'the consent is there now' } }
    expect(await ask('POST', path, { token, body })).toMatchObject({
      status: 403,
      body: { context: { capability: 'operations.override_cooldown' } },
    })
    const manager = await givenPerson(database.db, { ctx, role: 'manager' })
    expect(await ask('POST', path, { token: manager.token, body })).toMatchObject({
      status: 202,
      body: { disposition: 'created' },
    })
  })
})
