import { describe, expect, test } from 'vitest'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { givenSchedule } from '#entrypoints/http/api/subjects-testing.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()

async function given() {
  const ctx = await givenWorkspace(database.db)
  const tenant = await givenTenant(database.db, ctx)
  const owner = await givenPerson(database.db, { ctx, role: 'owner' })
  return { ctx, tenant, owner, ask: givenApp(database.api), at: `/api/v1/workspaces/${slugOfTest(ctx)}` }
}

describe('the API', () => {
  test('shows who is signed in and where they may go', async () => {
    const { ask, owner, ctx } = await given()
    const { status, body } = await ask('GET', '/api/v1/me', { token: owner.token })
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: owner.userId, workspaces: [{ slug: slugOfTest(ctx), role: 'owner' }] })
  })

  test('refuses who is signed out with a problem', async () => {
    const { ask, at } = await given()
    const { status, headers, body } = await ask('GET', `${at}/tenants`)
    expect(status).toBe(401)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject({ reason: 'sign_in_required', status: 401, type: '/docs/errors/sign_in_required' })
  })

  test('lists, shows and renames a tenant with its ETag', async () => {
    const { ask, owner, at, tenant } = await given()
    const { token } = owner
    expect(await ask('GET', `${at}/tenants`, { token })).toMatchObject({
      status: 200,
      body: { items: [{ id: tenant.tenantRef, name: tenant.tenantName }] },
    })
    const path = `${at}/tenants/${tenant.tenantRef}`
    const shown = await ask('GET', path, { token })
    const etag = shown.headers.get('etag') ?? ''
    expect(await ask('PATCH', path, { token, body: { name: 'Contoso' } })).toMatchObject({ status: 428 })
    const headers = { 'if-match': etag }
    expect(await ask('PATCH', path, { token, headers, body: { name: 'Contoso' } })).toMatchObject({
      status: 200,
      body: { name: 'Contoso' },
    })
    expect(await ask('PATCH', path, { token, headers, body: { name: 'Fabrikam' } })).toMatchObject({
      status: 412,
      body: { reason: 'precondition_failed' },
    })
  })

  test('names each wrong field', async () => {
    const { ask, owner, at } = await given()
    const { status, body } = await ask('POST', `${at}/tenants`, {
      token: owner.token,
      body: { name: '', entraTenantId: 'x', surprise: 1 },
    })
    expect(status).toBe(400)
    expect(body).toMatchObject({ reason: 'invalid_input' })
    expect((body as { errors: unknown[] }).errors).toEqual(
      expect.arrayContaining([
        { path: 'name', message: 'must not be empty' },
        { path: 'entraTenantId', message: 'must look like 00000000-0000-0000-0000-000000000000' },
      ]),
    )
  })

  test('archives a workspace, which then is read only, and brings it back', async () => {
    const { ask, owner, at, tenant, ctx } = await given()
    const { token } = owner
    const schedule = await givenSchedule(database, tenant)
    const { body } = await ask('GET', at, { token })
    const { name } = body as { name: string }
    expect((await ask('POST', `${at}/archive`, { token, body: { confirm: 'another name' } })).status).toBe(400)
    expect((await ask('POST', `${at}/archive`, { token, body: { confirm: name } })).status).toBe(200)
    expect((await ask('GET', `${at}/tenants`, { token })).status).toBe(200)
    const added = { name: 'New', entraTenantId: crypto.randomUUID() }
    expect(await ask('POST', `${at}/tenants`, { token, body: added })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('is archived') },
    })
    expect((await ask('GET', `${at}/schedules/${schedule}`, { token })).body).toMatchObject({
      pausedAt: expect.any(String),
    })
    const reader = await givenPerson(database.db, { ctx, role: 'manager' })
    expect((await ask('POST', `${at}/unarchive`, { token: reader.token })).status).toBe(403)
    expect((await ask('POST', `${at}/unarchive`, { token })).status).toBe(200)
    expect((await ask('POST', `${at}/tenants`, { token, body: added })).status).toBe(201)
  })

  test('archives a tenant, whose runs and entries of the audit log stay to be read', async () => {
    const { ask, owner, at, tenant } = await given()
    const { token } = owner
    const confirm = { confirm: tenant.tenantName }
    expect((await ask('POST', `${at}/tenants/${tenant.tenantRef}/archive`, { token, body: confirm })).status).toBe(200)
    for (const list of ['runs', 'audit'])
      expect((await ask('GET', `${at}/${list}?tenant=${tenant.tenantRef}`, { token })).status).toBe(200)
    const archived = await ask('GET', `${at}/tenants?archived=true`, { token })
    expect(archived.body).toMatchObject({ items: [{ id: tenant.tenantRef, archivedAt: expect.any(String) }] })
    expect((await ask('POST', `${at}/tenants/${tenant.tenantRef}/inventory/sync`, { token })).status).toBe(409)
  })
})
