import { beforeAll, describe, expect, test } from 'vitest'
import { givenSealingKey } from '#domain/keys/keys-testing.ts'
import { deliverDeps, givenEndedRun } from '#domain/notifications/notifications-testing.ts'
import { claimDue, deliver } from '#domain/notifications/deliver.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { givenReceiver } from '#domain/notifications/testing-receiver.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()

beforeAll(() => givenSealingKey(database.owner))

async function given() {
  const ctx = await givenWorkspace(database.db)
  const tenant = await givenTenant(database.db, ctx)
  const { token } = await givenPerson(database.db, { ctx, role: 'manager' })
  return { ctx, tenant, token, ask: givenApp(database.api), at: `/api/v1/workspaces/${slugOfTest(ctx)}` }
}

const idOf = (body: unknown) => (body as { id: string }).id
const webhook = (url: string) => ({ name: 'Ticketing', receiver: { kind: 'webhook', url } })

describe('channels', () => {
  test('are added, shown, changed with their ETag, paused, resumed and removed', async () => {
    const { tenant, token, ask, at } = await given()
    const url = 'https://tickets.example.com/hook'
    const added = await ask('POST', `${at}/channels`, {
      token,
      body: { ...webhook(url), outcomes: ['failed'], tenants: [tenant.tenantRef] },
    })
    expect(added).toMatchObject({
      status: 201,
      body: {
        name: 'Ticketing',
        kind: 'webhook',
        settings: { url },
        events: ['run.completed', 'credential.expiring', 'credential.expired'],
        outcomes: ['failed'],
        tenants: [{ id: tenant.tenantRef }],
        signingSecret: expect.stringMatching(/^whsec_/),
      },
    })
    const path = `${at}/channels/${idOf(added.body)}`
    const shown = await ask('GET', path, { token })
    expect(shown.body).not.toHaveProperty('signingSecret')
    const headers = { 'if-match': shown.headers.get('etag') ?? '' }
    const body = { name: 'Tickets', events: ['credential.expired'], tenants: null }
    expect(await ask('PATCH', path, { token, body })).toMatchObject({ status: 428 })
    expect(await ask('PATCH', path, { token, headers, body })).toMatchObject({ status: 200, body })
    expect(await ask('PATCH', path, { token, headers, body })).toMatchObject({ status: 412 })
    const rotated = await ask('POST', `${path}/rotate-secret`, { token })
    expect(rotated).toMatchObject({ status: 200, body: { signingSecret: expect.stringMatching(/^whsec_/) } })
    expect(rotated.text).not.toContain((added.body as { signingSecret: string }).signingSecret)
    expect(await ask('POST', `${path}/pause`, { token })).toMatchObject({
      status: 200,
      body: { pausedAt: expect.any(String) },
    })
    expect(await ask('POST', `${path}/resume`, { token })).toMatchObject({ status: 200, body: { pausedAt: null } })
    expect((await ask('GET', `${at}/channels`, { token })).body).toMatchObject({ items: [{ name: 'Tickets' }] })
    expect(await ask('DELETE', path, { token })).toMatchObject({ status: 200, body: { ok: true } })
    expect(await ask('GET', path, { token })).toMatchObject({ status: 404 })
  })

  test('never answer a password or the address of a Teams workflow', async () => {
    const { token, ask, at } = await given()
    const email = {
      name: 'Night shift',
      receiver: {
        kind: 'email',
        host: 'smtp.example.com',
        username: 'mailer',
        password: 'correct horse battery',
        from: 'tenantatlas@example.com',
        to: ['night@example.com'],
      },
    }
    const workflow = 'https://prod.example.com/workflows/1234?sig=verysecret'
    const teams = { name: 'Operations', receiver: { kind: 'teams', url: workflow } }
    const answers = [
      await ask('POST', `${at}/channels`, { token, body: email }),
      await ask('POST', `${at}/channels`, { token, body: teams }),
      await ask('GET', `${at}/channels`, { token }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 200])
    for (const { text } of answers) expect(text).not.toMatch(/correct horse|verysecret|workflows/)
  })

  test('are tested, and their deliveries listed and sent again', async () => {
    const { tenant, token, ask, at } = await given()
    await using receiver = await givenReceiver()
    const added = await ask('POST', `${at}/channels`, {
      token,
      body: { ...webhook(receiver.url), outcomes: ['succeeded'] },
    })
    const channel = { id: idOf(added.body), name: 'Ticketing' }
    const tested = await ask('POST', `${at}/channels/${channel.id}/test`, { token })
    expect(tested).toMatchObject({ status: 200, body: { channel, deliveryId: expect.any(String) } })
    const delivery = `${at}/deliveries/${(tested.body as { deliveryId: string }).deliveryId}`
    expect(await ask('GET', delivery, { token })).toMatchObject({ status: 200, body: { channel, state: 'waiting' } })
    const [test] = await claimDue(database.db, { busy: [], limit: 1 })
    if (test === undefined) throw new Error('the test is not due')
    await deliver(deliverDeps(database.db), test, new AbortController().signal)
    expect((await ask('GET', delivery, { token })).body).toMatchObject({ state: 'delivered', lastStatus: 200 })
    expect(await ask('GET', `${at}/deliveries/${newId()}`, { token })).toMatchObject({ status: 404 })
    expect((await ask('GET', `${at}/deliveries?channel=${channel.id}`, { token })).body).toMatchObject({
      items: [{ channel, state: 'delivered', lastStatus: 200 }],
    })
    receiver.reply = (response) => void response.writeHead(500).end('no')
    const run = await givenEndedRun(database.db, tenant)
    await relayOutbox(database.db)
    const deps = deliverDeps(database.db)
    const [claim] = await claimDue(database.db, { busy: [], limit: 1 })
    if (claim === undefined) throw new Error('nothing is due')
    await deliver(deps, claim, new AbortController().signal)
    const list = await ask('GET', `${at}/deliveries?channel=${channel.id}&state=failed`, { token })
    expect(list).toMatchObject({
      status: 200,
      body: { items: [{ channel, runId: run.id, state: 'failed', attempts: 1, lastStatus: 500 }], nextCursor: null },
    })
    const first = await ask('GET', `${at}/deliveries?limit=1`, { token })
    expect(first.body).toMatchObject({ items: [{ runId: run.id }], nextCursor: expect.any(String) })
    const path = `${at}/deliveries/${claim.id}/retry`
    expect(await ask('POST', path, { token })).toMatchObject({ status: 200, body: { ok: true } })
    expect(await ask('POST', path, { token })).toMatchObject({ status: 409, body: { reason: 'invalid_state' } })
    expect(await ask('POST', `${at}/deliveries/${newId()}/retry`, { token })).toMatchObject({ status: 404 })
  })

  test('are refused inside the own network, to who may not, and elsewhere', async () => {
    const { ctx, token, ask, at } = await given()
    const body = webhook('http://10.0.0.1/hook')
    expect(await ask('POST', `${at}/channels`, { token, body })).toMatchObject({ status: 400 })
    const operator = await givenPerson(database.db, { ctx, role: 'operator' })
    expect(await ask('GET', `${at}/channels`, { token: operator.token })).toMatchObject({ status: 403 })
    const elsewhere = await givenPerson(database.db, { ctx: await givenWorkspace(database.db), role: 'owner' })
    for (const path of ['channels', 'deliveries', `channels/${newId()}`])
      expect(await ask('GET', `${at}/${path}`, { token: elsewhere.token })).toMatchObject({ status: 404 })
  })
})
