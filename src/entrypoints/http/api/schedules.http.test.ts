import { describe, expect, test } from 'vitest'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()

async function given() {
  const ctx = await givenWorkspace(database.db)
  const tenant = await givenTenant(database.db, ctx)
  const { token } = await givenPerson(database.db, { ctx, role: 'operator' })
  return { ctx, tenant, token, ask: givenApp(database.api), at: `/api/v1/workspaces/${slugOfTest(ctx)}` }
}

const nightly = { name: 'Nightly', cron: '0 2 * * *', timeZone: 'Europe/Berlin' }
const idOf = (body: unknown) => (body as { id: string }).id

describe('schedules', () => {
  test('are made, shown, changed with their ETag, paused, resumed and removed', async () => {
    const { token, ask, at } = await given()
    const made = await ask('POST', `${at}/schedules`, { token, body: { ...nightly, note: 'every night' } })
    expect(made).toMatchObject({
      status: 201,
      body: { ...nightly, type: 'backup.capture', label: 'Backup', tenant: null, isSystem: false, latestSlots: [] },
    })
    const path = `${at}/schedules/${idOf(made.body)}`
    const shown = await ask('GET', path, { token })
    expect(shown.body).toEqual(made.body)
    expect((shown.body as { nextSlots: string[] }).nextSlots).toHaveLength(5)
    const headers = { 'if-match': shown.headers.get('etag') ?? '' }
    const change = { cron: '30 3 * * *', jitterSeconds: 0 }
    expect(await ask('PATCH', path, { token, body: change })).toMatchObject({ status: 428 })
    expect(await ask('PATCH', path, { token, headers, body: change })).toMatchObject({ status: 200, body: change })
    expect(await ask('PATCH', path, { token, headers, body: { name: 'Weekly' } })).toMatchObject({ status: 412 })
    const paused = await ask('POST', `${path}/pause`, { token })
    expect(paused).toMatchObject({
      status: 200,
      body: { pausedAt: expect.any(String), nextSlotAt: null, nextSlots: [] },
    })
    expect(await ask('POST', `${path}/resume`, { token })).toMatchObject({ status: 200, body: { pausedAt: null } })
    expect(await ask('DELETE', path, { token })).toMatchObject({ status: 200, body: { ok: true } })
    expect(await ask('GET', path, { token })).toMatchObject({ status: 404 })
  })

  test('of one tenant belong to it', async () => {
    const { ctx, tenant, token, ask, at } = await given()
    const other = await givenTenant(database.db, ctx)
    const body = { ...nightly, type: 'inventory.sync' }
    const made = await ask('POST', `${at}/tenants/${tenant.tenantRef}/schedules`, { token, body })
    expect(made).toMatchObject({ status: 201, body: { tenant: { id: tenant.tenantRef, name: tenant.tenantName } } })
    const narrowed = await givenPerson(database.db, { ctx, role: 'operator', allTenants: false })
    const row = { workspace_id: ctx.workspaceId, tenant_id: other.tenantId, user_id: narrowed.userId, role: 'operator' }
    await inWorkspace(database.db, ctx, (tx) => tx.insertInto('tenant_members').values(row).execute())
    const asNarrowed = { token: narrowed.token }
    expect(await ask('GET', `${at}/schedules`, asNarrowed)).toMatchObject({ status: 200, body: { items: [] } })
    expect(await ask('GET', `${at}/schedules/${idOf(made.body)}`, asNarrowed)).toMatchObject({ status: 404 })
    expect(await ask('POST', `${at}/schedules`, { ...asNarrowed, body: nightly })).toMatchObject({ status: 403 })
  })

  test('are listed by name, page by page', async () => {
    const { token, ask, at } = await given()
    for (const name of ['c', 'a', 'b']) await ask('POST', `${at}/schedules`, { token, body: { ...nightly, name } })
    const first = await ask('GET', `${at}/schedules?limit=2`, { token })
    expect(first.body).toMatchObject({ items: [{ name: 'a' }, { name: 'b' }] })
    const { nextCursor } = first.body as { nextCursor: string }
    const second = await ask('GET', `${at}/schedules?limit=2&cursor=${nextCursor}`, { token })
    expect(second.body).toMatchObject({ items: [{ name: 'c' }], nextCursor: null })
    expect(await ask('GET', `${at}/schedules?cursor=nonsense`, { token })).toMatchObject({ status: 400 })
  })

  test('are refused with what is wrong, to who may not, and elsewhere', async () => {
    const { ctx, token, ask, at } = await given()
    const post = (body: object, who = token) => ask('POST', `${at}/schedules`, { token: who, body })
    expect(await post({ ...nightly, cron: 'often' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('cron: "often"') },
    })
    expect(await post({ ...nightly, type: 'inventory.sync' })).toMatchObject({ status: 400 })
    expect(await post({ ...nightly, type: 'inventory.sync', note: 'x' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('note') },
    })
    await post(nightly)
    expect(await post(nightly)).toMatchObject({ status: 409, body: { reason: 'conflict' } })
    const viewer = await givenPerson(database.db, { ctx, role: 'readonly' })
    expect(await post(nightly, viewer.token)).toMatchObject({ status: 403 })
    const elsewhere = await givenPerson(database.db, { ctx: await givenWorkspace(database.db), role: 'owner' })
    expect(await post(nightly, elsewhere.token)).toMatchObject({ status: 404 })
    expect(await ask('GET', `${at}/schedules`, { token: elsewhere.token })).toMatchObject({ status: 404 })
  })
})
