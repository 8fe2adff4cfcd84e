import { beforeEach, describe, expect, test } from 'vitest'
import { createApiKey } from '#domain/access/keys/create-api-key.ts'
import { verifyChain } from '#domain/audit/verify-chain-testing.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { givenSealingKey } from '#domain/keys/keys-testing.ts'
import { readSigningKeys } from '#foundation/crypto/sign.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import { newId, type UserId } from '#foundation/kernel/ids.ts'
import { givenApp, givenOperator, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()
const people = '/api/v1/system/people'
let ask: ReturnType<typeof givenApp>
let operator: string
let ctx: WorkspaceContext

beforeEach(async () => {
  ask = givenApp(database.api)
  operator = await givenOperator(database.db)
  ctx = await givenWorkspace(database.db)
  // The tests say who owns it.
  await database.owner.deleteFrom('workspace_members').where('workspace_id', '=', ctx.workspaceId).execute()
})

const steer = (verb: 'disable' | 'enable', userId: string, body: object = { reason: 'left the company' }) =>
  ask('POST', `${people}/${userId}/${verb}`, { token: operator, body })

async function keyOf(userId: UserId): Promise<string> {
  const actor = { kind: 'user', userId, name: 'Ada Moreau' } as const
  const wish = { name: 'ci', capabilities: ['tenant.view'], days: 1 } as const
  return (await createApiKey(database.db, actingAs(ctx, actor), wish.capabilities, wish)).key
}

async function auditOf(at: WorkspaceContext) {
  const { token } = await givenPerson(database.db, { ctx: at, role: 'owner' })
  const path = `/api/v1/workspaces/${slugOfTest(at)}/audit?action[]=person.disable&action[]=person.enable`
  return (await ask('GET', path, { token })).body as { items: Record<string, unknown>[] }
}

describe('GET system/people', () => {
  test('lists people by name, page by page, with how many workspaces they have', async () => {
    const word = crypto.randomUUID()
    const { userId } = await givenPerson(database.db, { ctx, role: 'operator' })
    for (const [id, name] of [
      [userId, `Ben ${word}`],
      [(await givenPerson(database.db)).userId, `ada ${word}`],
      [(await givenPerson(database.db)).userId, `Cleo ${word}`],
    ] as const)
      await database.owner.updateTable('users').set({ display_name: name }).where('id', '=', id).execute()
    const found: { id: string; name: string; workspaces: number }[] = []
    for (let cursor = ''; ;) {
      const { body } = await ask('GET', `${people}?search=${word.toUpperCase()}&limit=1${cursor}`, { token: operator })
      const { items, nextCursor } = body as { items: typeof found; nextCursor: string | null }
      found.push(...items)
      if (nextCursor === null) break
      cursor = `&cursor=${nextCursor}`
    }
    expect(found.map(({ name }) => name)).toEqual([`ada ${word}`, `Ben ${word}`, `Cleo ${word}`])
    expect(found[1]).toMatchObject({ id: userId, workspaces: 1, signIn: 'none', disabledAt: null })
    expect(await ask('GET', `${people}?cursor=nonsense`, { token: operator })).toMatchObject({ status: 400 })
  })

  test('leaves operators out who broke the glass', async () => {
    const path = `/api/v1/system/workspaces/${slugOfTest(ctx)}/break-glass`
    expect((await ask('POST', path, { token: operator, body: { reason: 'help' } })).status).toBe(200)
    const { body } = await ask('GET', `${people}?search=platform%20operator`, { token: operator })
    expect(body).toMatchObject({ items: [] })
  })
})

describe('disabling a person', () => {
  test('ends sessions for good and holds keys until they are enabled; all their workspaces read why', async () => {
    const { userId, token } = await givenPerson(database.db, { ctx, role: 'manager' })
    const other = await givenWorkspace(database.db)
    await database.owner
      .insertInto('workspace_members')
      .values({ workspace_id: other.workspaceId, user_id: userId, role: 'readonly' })
      .execute()
    const key = await keyOf(userId)
    const tenants = `/api/v1/workspaces/${slugOfTest(ctx)}/tenants`
    const statuses = async () => [
      (await ask('GET', tenants, { token })).status,
      (await ask('GET', tenants, { token: key })).status,
    ]
    expect(await statuses()).toEqual([200, 200])
    const disabled = await steer('disable', userId)
    expect(disabled).toMatchObject({ status: 200, body: { ok: true } })
    expect(await statuses()).toEqual([401, 401])
    expect((await steer('disable', userId)).status).toBe(200)
    expect((await steer('enable', userId, { reason: 'came back' })).status).toBe(200)
    expect(await statuses()).toEqual([401, 200])

    for (const at of [ctx, other])
      expect(await auditOf(at)).toMatchObject({
        items: [
          { action: 'person.enable', detail: { reason: 'came back' } },
          {
            action: 'person.disable',
            actor: { kind: 'operator', name: 'Olga Petrov' },
            subject: { kind: 'user', id: userId },
            requestId: disabled.headers.get('x-request-id'),
            detail: { reason: 'left the company' },
          },
        ],
      })
    expect(await verifyChain(database.db, ctx, { keys: readSigningKeys([]) })).toMatchObject({ problems: [] })
    const { body } = await ask('GET', '/api/v1/system/events', { token: operator })
    const acts = (body as { items: { action: string; subject: string }[] }).items.filter(
      ({ subject }) => subject === userId,
    )
    expect(acts.map(({ action }) => action)).toEqual(['person.enable', 'person.disable'])
  })

  test('is refused for whoever alone owns a workspace, unless it is said that it cannot wait', async () => {
    const { userId } = await givenPerson(database.db, { ctx, role: 'owner' })
    const former = await givenPerson(database.db, { ctx, role: 'owner' })
    expect((await steer('disable', former.userId)).status).toBe(200)
    expect(await steer('disable', userId)).toMatchObject({
      status: 409,
      body: { reason: 'invalid_state', detail: expect.stringContaining(slugOfTest(ctx)) },
    })
    expect((await steer('disable', userId, { reason: 'stolen laptop', evenLastOwner: true })).status).toBe(200)
    const { body } = await ask('GET', '/api/v1/system/events', { token: operator })
    expect(body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          subject: userId,
          detail: expect.objectContaining({ leftWithoutOwner: [slugOfTest(ctx)] }),
        }),
      ]),
    })
  })

  test('leaves one of two owners, also when both are disabled at once', async () => {
    const owners = [
      await givenPerson(database.db, { ctx, role: 'owner' }),
      await givenPerson(database.db, { ctx, role: 'owner' }),
    ]
    const answers = await Promise.all(owners.map(({ userId }) => steer('disable', userId)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
  })

  test('counts: an owner does not leave a workspace to one whose account is disabled', async () => {
    const owner = await givenPerson(database.db, { ctx, role: 'owner' })
    const second = await givenPerson(database.db, { ctx, role: 'owner' })
    expect((await steer('disable', second.userId)).status).toBe(200)
    const members = `/api/v1/workspaces/${slugOfTest(ctx)}/members`
    expect(await ask('DELETE', `${members}/${owner.userId}`, { token: owner.token })).toMatchObject({ status: 409 })
    expect(await ask('DELETE', `${members}/${second.userId}`, { token: owner.token })).toMatchObject({ status: 200 })
  })

  test('asks for a reason, a person there is, and a proof of who the operator is', async () => {
    const { userId } = await givenPerson(database.db)
    expect(await steer('disable', userId, {})).toMatchObject({ status: 400 })
    for (const verb of ['disable', 'enable'] as const)
      expect(await steer(verb, newId())).toMatchObject({ status: 404, body: { reason: 'not_found' } })
    const authenticated_at = new Date(Date.now() - 6 * 60_000)
    await database.owner.updateTable('platform_sessions').set({ authenticated_at }).execute()
    expect(await steer('disable', userId)).toMatchObject({ status: 401, body: { reason: 'step_up_required' } })
  })
})

describe('GET system/keys', () => {
  test('shows key pairs and how much lies under each, nothing of what it is', async () => {
    await givenSealingKey(database.owner)
    const tenant = await givenTenant(database.db, ctx)
    const reader = { kind: 'secret', clientId: crypto.randomUUID(), secret: 'not-a-real-secret' } as const
    await connectTenant({ db: database.db }, tenant, { endpoints: { cloud: 'global' }, reader })
    const { status, body } = await ask('GET', '/api/v1/system/keys', { token: operator })
    expect(status).toBe(200)
    expect(body).toEqual({
      items: [
        {
          version: expect.any(Number),
          state: 'active',
          secrets: 1,
          publicKey: expect.any(String),
          createdAt: expect.any(String),
          activatedAt: expect.any(String),
          retiredAt: null,
        },
      ],
      first: 0,
    })
  })
})
