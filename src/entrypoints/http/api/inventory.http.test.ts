import { describe, expect, test } from 'vitest'
import { createApiKey } from '#domain/access/keys/create-api-key.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()

async function given() {
  const { db } = database
  const ctx = await givenWorkspace(db)
  const { tenantRef } = await givenTenant(db, ctx)
  const at = `/api/v1/workspaces/${slugOfTest(ctx)}`
  return { db, ctx, at, ask: givenApp(database.api), path: `${at}/tenants/${tenantRef}/inventory/sync` }
}

describe('POST inventory/sync', () => {
  test('starts a run, and answers with that run while it is active', async () => {
    const { db, ctx, ask, at, path } = await given()
    const { token } = await givenPerson(db, { ctx, role: 'operator' })
    const first = await ask('POST', path, { token })
    expect(first).toMatchObject({ status: 202, body: { disposition: 'created', retryAt: null } })
    const { run } = first.body as { run: string }
    expect(await ask('POST', path, { token })).toMatchObject({ status: 200, body: { run, disposition: 'active' } })
    expect(await ask('GET', `${at}/runs/${run}`, { token })).toMatchObject({
      status: 200,
      body: { type: 'inventory.sync', trigger: 'user', status: 'queued' },
    })
  })

  test('says of a run that a program started with a key that it came through the API', async () => {
    const { db, ctx, ask, at, path } = await given()
    const { userId, token } = await givenPerson(db, { ctx, role: 'operator' })
    const wish = { name: 'ci', capabilities: ['inventory.sync'], days: 1 } as const
    const person = actingAs(ctx, { kind: 'user', userId, name: 'Ada Moreau' })
    const { key } = await createApiKey(db, person, wish.capabilities, wish)
    const { run } = (await ask('POST', path, { token: key })).body as { run: string }
    expect(await ask('GET', `${at}/runs/${run}`, { token })).toMatchObject({ body: { trigger: 'api' } })
  })

  test('starts once for one Idempotency-Key', async () => {
    const { db, ctx, ask, path } = await given()
    const { token } = await givenPerson(db, { ctx, role: 'operator' })
    const headers = { 'idempotency-key': 'one' }
    const first = await ask('POST', path, { token, headers })
    expect(await ask('POST', path, { token, headers })).toMatchObject({ status: 202, body: first.body })
  })

  test('is for a member of that tenant alone, there and nowhere else', async () => {
    const { db, ctx, ask, at } = await given()
    const [own, other] = [await givenTenant(db, ctx), await givenTenant(db, ctx)]
    const { userId, token } = await givenPerson(db, { ctx, role: 'operator', allTenants: false })
    const row = { workspace_id: ctx.workspaceId, tenant_id: own.tenantId, user_id: userId, role: 'operator' }
    await inWorkspace(db, ctx, (tx) => tx.insertInto('tenant_members').values(row).execute())
    expect(await ask('POST', `${at}/tenants/${own.tenantRef}/inventory/sync`, { token })).toMatchObject({ status: 202 })
    expect(await ask('POST', `${at}/tenants/${other.tenantRef}/inventory/sync`, { token })).toMatchObject({
      status: 404,
    })
  })

  test('is not for who only looks, nor for who belongs elsewhere', async () => {
    const { db, ctx, ask, path } = await given()
    const reader = await givenPerson(db, { ctx, role: 'readonly' })
    const stranger = await givenPerson(db, { ctx: await givenWorkspace(db), role: 'owner' })
    expect(await ask('POST', path, { token: reader.token })).toMatchObject({ status: 403 })
    expect(await ask('POST', path, { token: stranger.token })).toMatchObject({ status: 404 })
  })
})
