import { describe, expect, test } from 'vitest'
import { givenQueued } from '#domain/operations/operations-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()

async function given() {
  const ctx = await givenWorkspace(database.db)
  const tenant = await givenTenant(database.db, ctx)
  const manager = await givenPerson(database.db, { ctx, role: 'manager' })
  const at = `/api/v1/workspaces/${slugOfTest(ctx)}`
  return { ctx, tenant, token: manager.token, ask: givenApp(database.api), at }
}

const body = { reason: 'change freeze until Monday' }

describe('the queue', () => {
  test('holds back a tenant, limits it and lets it go', async () => {
    const { tenant, token, ask, at } = await given()
    await givenQueued(database.db, tenant)
    const lane = `${at}/tenants/${tenant.tenantRef}/queue`
    expect(await ask('POST', `${lane}/pause`, { token, body })).toMatchObject({ status: 200, body: { ok: true } })
    expect(await ask('PUT', `${lane}/limit`, { token, body: { limit: 3 } })).toMatchObject({ status: 200 })
    const of = { id: tenant.tenantRef, name: tenant.tenantName }
    expect(await ask('GET', `${at}/queue`, { token })).toMatchObject({
      status: 200,
      body: { lanes: [{ tenant: of, waiting: 1, running: 0, limit: 3, pause: body, throttledUntil: null }] },
    })
    expect(await ask('POST', `${lane}/resume`, { token })).toMatchObject({ status: 200 })
    expect((await ask('GET', `${at}/queue`, { token })).body).toMatchObject({ lanes: [{ tenant: of, pause: null }] })
  })

  test('says whether any worker takes runs', async () => {
    const { token, ask, at } = await given()
    const hasWorkers = async () =>
      ((await ask('GET', `${at}/queue`, { token })).body as { hasWorkers: boolean }).hasWorkers
    expect(await hasWorkers()).toBe(false)
    const lease_until = new Date(Date.now() + 60_000)
    const row = { id: newId(), host: 'atlas-1', pid: 7, lease_until }
    await database.owner.insertInto('workers').values(row).execute()
    expect(await hasWorkers()).toBe(true)
    await database.owner.updateTable('workers').set({ draining: true }).where('id', '=', row.id).execute()
    expect(await hasWorkers()).toBe(false)
  })

  test('holds back the workspace itself and an operation', async () => {
    const { token, ask, at } = await given()
    expect(await ask('POST', `${at}/queue/pause`, { token, body })).toMatchObject({ status: 200 })
    expect(await ask('PUT', `${at}/queue/limit`, { token, body: { limit: 2 } })).toMatchObject({ status: 200 })
    const type = `${at}/queue/types/backup.capture`
    expect(await ask('POST', `${type}/pause`, { token, body })).toMatchObject({ status: 200 })
    expect((await ask('GET', `${at}/queue`, { token })).body).toMatchObject({
      lanes: [{ tenant: null, limit: 2, pause: body }],
      pausedTypes: [{ type: 'backup.capture', label: 'Backup', ...body }],
    })
    expect(await ask('POST', `${type}/resume`, { token })).toMatchObject({ status: 200 })
    expect(await ask('POST', `${at}/queue/resume`, { token })).toMatchObject({ status: 200 })
    expect((await ask('GET', `${at}/queue`, { token })).body).toMatchObject({
      lanes: [{ pause: null }],
      pausedTypes: [],
    })
  })

  test('refuses what it does not know, who may not, and who is elsewhere', async () => {
    const { ctx, tenant, token, ask, at } = await given()
    const lane = `${at}/tenants/${tenant.tenantRef}/queue`
    expect(await ask('POST', `${at}/queue/types/backup/pause`, { token, body })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('There is no operation "backup"') },
    })
    expect(await ask('PUT', `${lane}/limit`, { token, body: { limit: 17 } })).toMatchObject({ status: 400 })
    const operator = await givenPerson(database.db, { ctx, role: 'operator' })
    expect(await ask('POST', `${lane}/pause`, { token: operator.token, body })).toMatchObject({ status: 403 })
    const elsewhere = await givenPerson(database.db, { ctx: await givenWorkspace(database.db), role: 'owner' })
    expect(await ask('GET', `${at}/queue`, { token: elsewhere.token })).toMatchObject({ status: 404 })
    expect(await ask('POST', `${lane}/pause`, { token: elsewhere.token, body })).toMatchObject({ status: 404 })
  })

  test('shows who sees one tenant nothing of the others', async () => {
    const { ctx, tenant, ask, at } = await given()
    const other = await givenTenant(database.db, ctx)
    await givenQueued(database.db, tenant)
    await givenQueued(database.db, other)
    const narrowed = await givenPerson(database.db, { ctx, role: 'operator', allTenants: false })
    const row = {
      workspace_id: ctx.workspaceId,
      tenant_id: tenant.tenantId,
      user_id: narrowed.userId,
      role: 'operator',
    }
    await inWorkspace(database.db, ctx, (tx) => tx.insertInto('tenant_members').values(row).execute())
    const { body: queue } = await ask('GET', `${at}/queue`, { token: narrowed.token })
    expect((queue as { lanes: unknown[] }).lanes).toMatchObject([{ tenant: { id: tenant.tenantRef } }])
    expect((queue as { lanes: unknown[] }).lanes).toHaveLength(1)
  })
})
