import { beforeEach, describe, expect, test } from 'vitest'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()
let ask: ReturnType<typeof givenApp>
let ctx: WorkspaceContext
let contoso: TenantContext
let fabrikam: TenantContext
let owner: { token: string; userId: string }
let at: string

beforeEach(async () => {
  ask = givenApp(database.api)
  ctx = await givenWorkspace(database.db)
  contoso = await givenTenant(database.db, ctx, { name: 'Contoso' })
  fabrikam = await givenTenant(database.db, ctx, { name: 'Fabrikam' })
  // The person `givenWorkspace` made leaves, so that this owner is the only one.
  owner = await givenPerson(database.db, { ctx, role: 'owner' })
  await database.owner
    .deleteFrom('workspace_members')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('user_id', '<>', owner.userId)
    .execute()
  at = `/api/v1/workspaces/${slugOfTest(ctx)}`
})

const tenantNames = async (token: string) => {
  const { body } = await ask('GET', `${at}/tenants`, { token })
  return (body as { items: { name: string }[] }).items.map(({ name }) => name)
}

describe('members', () => {
  test('a change is in force at the next request', async () => {
    const member = await givenPerson(database.db, { ctx, role: 'operator' })
    const path = `${at}/members/${member.userId}`
    const body = { role: 'operator', allTenants: false, tenants: [{ tenant: contoso.tenantRef, role: 'readonly' }] }
    expect(await tenantNames(member.token)).toEqual(['Contoso', 'Fabrikam'])
    expect(await ask('PUT', path, { token: owner.token, body })).toMatchObject({
      status: 200,
      body: { role: 'operator', allTenants: false, tenants: [{ tenant: contoso.tenantRef, role: 'readonly' }] },
    })
    expect(await tenantNames(member.token)).toEqual(['Contoso'])
    expect((await ask('GET', `${at}/tenants/${fabrikam.tenantRef}`, { token: member.token })).status).toBe(404)
    expect((await ask('DELETE', path, { token: owner.token })).status).toBe(200)
    expect((await ask('GET', `${at}/tenants`, { token: member.token })).status).toBe(404)
  })

  test('are signed out everywhere by an owner, and so is whose account is disabled', async () => {
    const person = await givenPerson(database.db, { ctx, role: 'operator' })
    const second = await openSession(database.db, { userId: person.userId, method: 'entra' })
    const statuses = async () =>
      Promise.all([person.token, second.token].map(async (token) => (await ask('GET', '/api/v1/me', { token })).status))
    expect(await statuses()).toEqual([200, 200])
    const ended = await ask('DELETE', `${at}/members/${person.userId}/sessions`, { token: owner.token })
    expect(ended).toMatchObject({ status: 200, body: { ended: 2 } })
    expect(await statuses()).toEqual([401, 401])

    const { token } = await openSession(database.db, { userId: person.userId, method: 'entra' })
    const disabled = { disabled_at: new Date() }
    await database.db.updateTable('users').set(disabled).where('id', '=', person.userId).execute()
    expect((await ask('GET', '/api/v1/me', { token })).status).toBe(401)
  })

  test('the last owner stays, also when two remove each other at once', async () => {
    const path = `${at}/members/${owner.userId}`
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PUT', { role: 'manager' }],
    ] as const)
      expect(await ask(method, path, { token: owner.token, body })).toMatchObject({
        status: 409,
        body: { reason: 'invalid_state' },
      })
    const second = await givenPerson(database.db, { ctx, role: 'owner' })
    const removals = await Promise.all([
      ask('DELETE', path, { token: second.token }),
      ask('DELETE', `${at}/members/${second.userId}`, { token: owner.token }),
    ])
    expect(removals.filter(({ status }) => status === 200)).toHaveLength(1)
    const owners = await database.owner
      .selectFrom('workspace_members')
      .where('workspace_id', '=', ctx.workspaceId)
      .where('role', '=', 'owner')
      .select('user_id')
      .execute()
    expect(owners).toHaveLength(1)
  })

  test.each([
    [{ role: 'operator', tenants: [{ role: 'manager' }] }, 'cannot be above operator'],
    [{ role: 'owner', allTenants: false }, 'owns the whole workspace'],
  ])('%j is refused: %s', async (access, text) => {
    const member = await givenPerson(database.db, { ctx, role: 'readonly' })
    const tenants =
      'tenants' in access ? access.tenants?.map((one) => ({ ...one, tenant: contoso.tenantRef })) : undefined
    const body = { ...access, ...(tenants && { tenants }) }
    expect(await ask('PUT', `${at}/members/${member.userId}`, { token: owner.token, body })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(text) },
    })
  })

  test('a tenant of another workspace cannot be named', async () => {
    const elsewhere = await givenTenant(database.db, await givenWorkspace(database.db))
    const member = await givenPerson(database.db, { ctx, role: 'readonly' })
    const body = { role: 'readonly', allTenants: false, tenants: [{ tenant: elsewhere.tenantRef, role: 'readonly' }] }
    expect((await ask('PUT', `${at}/members/${member.userId}`, { token: owner.token, body })).status).toBe(404)
  })

  test('lists owners first, with how they sign in', async () => {
    await givenPerson(database.db, { ctx, role: 'readonly' })
    const { body } = await ask('GET', `${at}/members`, { token: owner.token })
    expect(body).toMatchObject({ items: [{ id: owner.userId, role: 'owner', signIn: 'none' }, { role: 'readonly' }] })
  })
})

describe('API keys', () => {
  const body = { name: 'ci', capabilities: ['tenant.view'], days: 1 }
  const make = (token: string, wish: object = {}) =>
    ask('POST', `${at}/api-keys`, { token, body: { ...body, ...wish } })

  test('do what they name for the member, in the tenants they name, until revoked', async () => {
    const made = await make(owner.token, { tenants: [fabrikam.tenantRef] })
    const { id, key } = made.body as { id: string; key: string }
    expect(await tenantNames(key)).toEqual(['Fabrikam'])
    expect((await ask('GET', `${at}/tenants/${contoso.tenantRef}`, { token: key })).status).toBe(404)
    expect((await ask('GET', `${at}/members`, { token: key })).status).toBe(403)
    const listed = await ask('GET', `${at}/api-keys`, { token: owner.token })
    expect(listed.body).toMatchObject({
      items: [{ id, name: 'ci', ending: key.slice(-4), tenants: [fabrikam.tenantRef] }],
    })
    expect(listed.text).not.toContain(key)
    expect((await ask('DELETE', `${at}/api-keys/${id}`, { token: owner.token })).status).toBe(200)
    expect((await ask('GET', `${at}/tenants`, { token: key })).status).toBe(401)
  })

  test('cannot have what the member does not have, nor more than a year', async () => {
    const reader = await givenPerson(database.db, { ctx, role: 'readonly' })
    expect(await make(reader.token, { capabilities: ['members.manage'] })).toMatchObject({ status: 403 })
    expect(await make(reader.token, { days: 366 })).toMatchObject({ status: 400 })
    expect((await make(reader.token, { days: 365 })).status).toBe(201)
    expect(await make(reader.token)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('named "ci"') },
    })
  })

  test('make no keys: one would outlive itself, and reach tenants it does not name', async () => {
    const wish = { capabilities: ['keys.own', 'tenant.view'], tenants: [fabrikam.tenantRef] }
    const { key } = (await make(owner.token, wish)).body as { key: string }
    expect(await make(key, { name: 'wider' })).toMatchObject({ status: 403, body: { reason: 'not_allowed' } })
  })

  test('end with the membership, and shrink with the role', async () => {
    const member = await givenPerson(database.db, { ctx, role: 'owner' })
    const { key } = (await make(member.token, { capabilities: ['members.manage', 'tenant.view'] })).body as {
      key: string
    }
    const list = () => ask('GET', `${at}/invitations`, { token: key })
    expect((await list()).status).toBe(200)
    await ask('PUT', `${at}/members/${member.userId}`, { token: owner.token, body: { role: 'readonly' } })
    expect((await list()).status).toBe(403)
    await ask('DELETE', `${at}/members/${member.userId}`, { token: owner.token })
    expect((await list()).status).toBe(401)
  })

  test('of others are seen and revoked by owners alone', async () => {
    const { id } = (await make(owner.token)).body as { id: string }
    const manager = await givenPerson(database.db, { ctx, role: 'manager' })
    expect((await ask('GET', `${at}/api-keys`, { token: manager.token })).body).toEqual({ items: [] })
    expect((await ask('DELETE', `${at}/api-keys/${id}`, { token: manager.token })).status).toBe(404)
  })
})
