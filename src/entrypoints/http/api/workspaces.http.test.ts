import { actingAs } from '#foundation/kernel/context-testing.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { createApiKey } from '#domain/access/keys/create-api-key.ts'
import { archiveWorkspace } from '#domain/workspaces/change-workspace.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()
let ask: ReturnType<typeof givenApp>
let ctx: WorkspaceContext

beforeEach(async () => {
  ask = givenApp(database.api)
  ctx = await givenWorkspace(database.db)
})

const create = (token: string, body: object) => ask('POST', '/api/v1/workspaces', { token, body })
const notAllowed = { status: 403, body: { reason: 'not_allowed' } }

describe('POST workspaces', () => {
  test('makes another one, which whoever asked owns, and its audit log begins with that', async () => {
    const { token, userId } = await givenPerson(database.db, { ctx, role: 'owner' })
    const name = `Größe & Söhne ${crypto.randomUUID()}`
    const made = await create(token, { name })
    expect(made).toMatchObject({ status: 201, body: { name, archivedAt: null } })
    const { slug } = made.body as { slug: string }
    expect(slug).toMatch(/^grosse-sohne-|^gro-e-sohne-/)
    const { body } = await ask('GET', '/api/v1/me', { token })
    expect(body).toMatchObject({
      workspaces: expect.arrayContaining([expect.objectContaining({ slug, role: 'owner' })]),
    })
    expect((await ask('GET', `/api/v1/workspaces/${slug}/audit`, { token })).body).toMatchObject({
      items: [{ seq: 1, action: 'workspace.create', actor: { id: userId }, detail: { name, slug } }],
    })
    expect((await ask('GET', `/api/v1/workspaces/${slug}/schedules?system=true`, { token })).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ isSystem: true })]),
    })
  })

  test('takes the short name that is given, and none that is taken or is none', async () => {
    const { token } = await givenPerson(database.db, { ctx, role: 'owner' })
    const slug = `fabrikam-${crypto.randomUUID()}`
    expect(await create(token, { name: 'Fabrikam', slug })).toMatchObject({ status: 201, body: { slug } })
    expect(await create(token, { name: 'Fabrikam', slug })).toMatchObject({
      status: 409,
      body: { reason: 'invalid_state', detail: expect.stringContaining(slug) },
    })
    expect(await create(token, { name: 'Fabrikam', slug: 'No Slug' })).toMatchObject({ status: 400 })
    expect(await create(token, { name: '…' })).toMatchObject({ status: 400, body: { reason: 'invalid_input' } })
  })

  test('is for people who own a living one: not for managers, guests of none, and keys', async () => {
    const manager = await givenPerson(database.db, { ctx, role: 'manager' })
    const nobody = await givenPerson(database.db)
    for (const { token } of [manager, nobody]) expect(await create(token, { name: 'New' })).toMatchObject(notAllowed)
    const owner = await givenPerson(database.db, { ctx, role: 'owner' })
    const actor = { kind: 'user', userId: owner.userId, name: 'Ada Moreau' } as const
    const wish = { name: 'ci', capabilities: ['workspace.manage'], days: 1 } as const
    const { key } = await createApiKey(database.db, actingAs(ctx, actor), wish.capabilities, wish)
    expect(await create(key, { name: 'New' })).toMatchObject(notAllowed)
    await archiveWorkspace(database.db, actingAs(ctx, actor))
    expect(await create(owner.token, { name: 'New' })).toMatchObject(notAllowed)
    expect((await ask('GET', `/api/v1/workspaces/${slugOfTest(ctx)}`, { token: owner.token })).status).toBe(200)
  })
})

describe('PUT workspaces/{workspace}/restore-limit', () => {
  const at = () => `/api/v1/workspaces/${slugOfTest(ctx)}`
  const change = async (token: string, body: object) => {
    const etag = (await ask('GET', at(), { token })).headers.get('etag') ?? ''
    return ask('PUT', `${at()}/restore-limit`, { token, body, headers: { 'if-match': etag } })
  }

  test('sets how many policies one person may restore alone, 25 at first', async () => {
    const { token } = await givenPerson(database.db, { ctx, role: 'owner' })
    expect((await ask('GET', at(), { token })).body).toMatchObject({ restoreApprovalLimit: 25 })
    for (const limit of [0, 100, null]) {
      expect(await change(token, { limit })).toMatchObject({ status: 200, body: { restoreApprovalLimit: limit } })
      expect((await ask('GET', at(), { token })).body).toMatchObject({ restoreApprovalLimit: limit })
    }
    const { body } = await ask('GET', `${at()}/audit?action=workspace.restore_limit`, { token })
    expect(body).toMatchObject({
      items: [{ detail: { from: 100, to: null } }, { detail: { from: 0, to: 100 } }, { detail: { from: 25, to: 0 } }],
    })
  })

  test('refuses what is no limit, and a change of what was not seen', async () => {
    const { token } = await givenPerson(database.db, { ctx, role: 'owner' })
    for (const limit of [-1, 1.5, '25', 100_001, undefined])
      expect(await change(token, { limit })).toMatchObject({ status: 400 })
    expect(await ask('PUT', `${at()}/restore-limit`, { token, body: { limit: 1 } })).toMatchObject({ status: 428 })
    const headers = { 'if-match': '"another"' }
    expect(await ask('PUT', `${at()}/restore-limit`, { token, body: { limit: 1 }, headers })).toMatchObject({
      status: 412,
    })
  })

  test('is for owners who have just proved who they are', async () => {
    const manager = await givenPerson(database.db, { ctx, role: 'manager' })
    expect(await change(manager.token, { limit: null })).toMatchObject(notAllowed)
    const { token, userId } = await givenPerson(database.db, { ctx, role: 'owner' })
    const authenticated_at = new Date(Date.now() - 10 * 60_000)
    await database.db.updateTable('sessions').set({ authenticated_at }).where('user_id', '=', userId).execute()
    expect(await change(token, { limit: null })).toMatchObject({ status: 401, body: { reason: 'step_up_required' } })
  })
})
