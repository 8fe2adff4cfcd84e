import { expect, test } from 'vitest'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { givenSealingKey } from '#domain/keys/keys-testing.ts'
import { endsIn, failing, givenEndedRun } from '#domain/notifications/notifications-testing.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { tellOfCredentials } from '#domain/notifications/tell-of-credentials.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()

async function given() {
  const ctx = await givenWorkspace(database.db)
  const tenant = await givenTenant(database.db, ctx)
  const person = await givenPerson(database.db, { ctx, role: 'operator' })
  const actor = { kind: 'user', userId: person.userId, name: 'Somebody' } as const
  const run = await givenEndedRun(database.db, actingAs(tenant, actor), failing)
  await relayOutbox(database.db)
  const at = `/api/v1/workspaces/${slugOfTest(ctx)}/notifications`
  return { ctx, tenant, run, person, token: person.token, ask: givenApp(database.api), at }
}

const itemsOf = (body: unknown) => (body as { items: { id: string }[] }).items

test('notifications are listed, counted and read by the person they are for', async () => {
  const { tenant, run, token, ask, at } = await given()
  const { status, body } = await ask('GET', at, { token })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    items: [
      {
        runId: run.id,
        runType: 'backup.capture',
        outcome: 'failed',
        tenant: { id: tenant.tenantRef },
        title: `Backup of "${tenant.tenantName}" failed`,
        problems: ['Not granted.'],
        readAt: null,
      },
    ],
    nextCursor: null,
  })
  expect((await ask('GET', `${at}/unread-count`, { token })).body).toEqual({ unread: 1 })
  const path = `${at}/${itemsOf(body)[0]?.id}/read`
  expect(await ask('POST', path, { token })).toMatchObject({ status: 200, body: { wasUnread: true } })
  expect(await ask('POST', path, { token })).toMatchObject({ status: 200, body: { wasUnread: false } })
  expect(itemsOf((await ask('GET', `${at}?unread=true`, { token })).body)).toEqual([])
  expect(await ask('POST', `${at}/read`, { token })).toMatchObject({ status: 200, body: { read: 0 } })
})

test('a notification of a credential says which, when it ends and how urgent it is', async () => {
  await givenSealingKey(database.owner)
  const { ctx, tenant, ask, at } = await given()
  const reader = { kind: 'secret', clientId: crypto.randomUUID(), secret: 'kX8Q~correct.horse' } as const
  await connectTenant({ db: database.db }, tenant, { reader })
  await endsIn(database.owner, tenant, 6)
  await tellOfCredentials(database.db)
  const { token } = await givenPerson(database.db, { ctx, role: 'owner' })
  expect((await ask('GET', at, { token })).body).toMatchObject({ items: [] })
  const manager = await givenPerson(database.db, { ctx, role: 'manager' })
  await endsIn(database.owner, tenant, 1)
  await tellOfCredentials(database.db)
  const { status, body } = await ask('GET', at, { token: manager.token })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    items: [
      {
        event: 'credential.expiring',
        runId: null,
        runType: null,
        outcome: null,
        credential: { purpose: 'reader', clientId: reader.clientId, withinDays: 1, severity: 'critical' },
        tenant: { id: tenant.tenantRef },
        title: `The reader's client secret of "${tenant.tenantName}" ends within a day`,
      },
    ],
  })
})

test('notifications are marked all at once', async () => {
  const { token, ask, at } = await given()
  expect(await ask('POST', `${at}/read`, { token })).toMatchObject({ status: 200, body: { read: 1 } })
  expect((await ask('GET', `${at}/unread-count`, { token })).body).toEqual({ unread: 0 })
})

test('notifications of somebody else do not exist', async () => {
  const { ctx, token, ask, at } = await given()
  const { body } = await ask('GET', at, { token })
  const colleague = await givenPerson(database.db, { ctx, role: 'owner' })
  expect(itemsOf((await ask('GET', at, { token: colleague.token })).body)).toEqual([])
  const path = `${at}/${itemsOf(body)[0]?.id}/read`
  expect(await ask('POST', path, { token: colleague.token })).toMatchObject({ status: 404 })
  expect(await ask('POST', `${at}/${newId()}/read`, { token })).toMatchObject({ status: 404 })
  const elsewhere = await givenPerson(database.db, { ctx: await givenWorkspace(database.db), role: 'owner' })
  expect(await ask('GET', at, { token: elsewhere.token })).toMatchObject({ status: 404 })
})
