import { beforeAll, describe, expect, test } from 'vitest'
import { showAssignments } from '#domain/assignments/show-assignments.ts'
import { listPolicies } from '#domain/inventory/list-policies.ts'
import { syncOnce, useSimulator, type SimulatedTenant } from '#domain/inventory/testing.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { policyDetailDocument } from '#entrypoints/documents/assignments-document.ts'
import { policyDocument } from '#entrypoints/documents/policy-document.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()
const simulator = useSimulator()

let tenant: SimulatedTenant
let at: string
let token: string

beforeAll(async () => {
  tenant = await simulator.givenTenant(database.db)
  await syncOnce(tenant)
  at = `/api/v1/workspaces/${slugOfTest(tenant.ctx)}/tenants/${tenant.ctx.tenantRef}/policies`
  token = (await givenPerson(database.db, { ctx: tenant.ctx, role: 'readonly' })).token
})

async function get(path: string, as = token) {
  return givenApp(database.api)('GET', path, { token: as })
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('GET policies', () => {
  test.each(['name', 'modified', 'observed'] as const)('goes through all of them by %s, page by page', async (sort) => {
    const all = (await listPolicies(database.db, tenant.ctx, { sort, limit: 1_000 })).items
    const seen: unknown[] = []
    for (let cursor = ''; ;) {
      const { status, body } = await get(`${at}?sort=${sort}&limit=17${cursor}`)
      expect(status).toBe(200)
      const { items, nextCursor } = body as { items: unknown[]; nextCursor: string | null }
      seen.push(...items)
      if (nextCursor === null) break
      cursor = `&cursor=${nextCursor}`
    }
    expect(seen).toEqual(asJson(all.map(policyDocument)))
  })

  test('filters as the command line does', async () => {
    const { items } = await listPolicies(database.db, tenant.ctx, {
      types: ['mobileApps', 'configurationPolicies'],
      state: 'assigned',
      limit: 200,
    })
    const answer = await get(`${at}?type[]=mobileApps&type[]=configurationPolicies&state=assigned&limit=200`)
    expect(answer).toMatchObject({ status: 200, body: { items: asJson(items.map(policyDocument)) } })
    expect(items.length).toBeGreaterThan(0)
  })

  test('finds by exact name, whatever its case, and by Graph id', async () => {
    const { items } = await listPolicies(database.db, tenant.ctx, { limit: 200 })
    const [policy] = items.filter(({ name }) => items.filter((one) => one.name === name).length === 1)
    if (policy === undefined) throw new Error('no policy has a name of its own')
    for (const query of [`name=${encodeURIComponent(policy.name.toUpperCase())}`, `graphId=${policy.graphId}`])
      expect(await get(`${at}?${query}`)).toMatchObject({ status: 200, body: { items: [{ id: policy.id }] } })
    expect((await get(`${at}?name=${encodeURIComponent(policy.name.slice(1))}`)).body).toMatchObject({ items: [] })
  })

  test.each([
    ['type=mobileApp', 'mobileApps'],
    ['state=lost', 'state'],
    ['limit=201', 'limit'],
    ['cursor=nonsense', 'cursor'],
    [
      `sort=modified&cursor=${Buffer.from(JSON.stringify(['modified', 'soon', newId()])).toString('base64url')}`,
      'cursor',
    ],
    ['search=%00', 'search'],
    ['surprise=1', 'surprise'],
  ])('refuses %s and says what is wrong', async (query, said) => {
    const { status, body } = await get(`${at}?${query}`)
    expect({ status, body }).toMatchObject({ status: 400, body: { reason: 'invalid_input' } })
    expect((body as { detail: string }).detail).toContain(said)
  })

  test('shows nothing to a member of another workspace', async () => {
    const stranger = await givenPerson(database.db, { ctx: await givenWorkspace(database.db), role: 'owner' })
    expect(await get(at, stranger.token)).toMatchObject({ status: 404, body: { reason: 'not_found' } })
  })
})

describe('GET policies/{policy}', () => {
  test('shows a policy as the command line prints it', async () => {
    const { items } = await listPolicies(database.db, tenant.ctx, { state: 'assigned', limit: 5 })
    for (const { id } of items) {
      const document = policyDetailDocument(await showAssignments(database.db, tenant.ctx, { policyId: id }))
      const { status, body } = await get(`${at}/${id}`)
      expect({ status, body }).toEqual({ status: 200, body: asJson(document) })
    }
  })

  test('does not know one of another tenant', async () => {
    expect(await get(`${at}/${newId()}`)).toMatchObject({ status: 404 })
    expect(await get(`${at}/nonsense`)).toMatchObject({ status: 400 })
  })
})

describe('GET named-policy', () => {
  const find = (name: string, rest = '') =>
    get(`${at.replace(/policies$/, 'named-policy')}?name=${encodeURIComponent(name)}${rest}`)

  test('finds a policy by its id, its Graph id or its name', async () => {
    const { items } = await listPolicies(database.db, tenant.ctx, { limit: 200 })
    const [policy] = items.filter(({ name }) => items.filter((one) => one.name === name).length === 1)
    if (policy === undefined) throw new Error('no policy has a name of its own')
    for (const text of [policy.id, policy.graphId, policy.name, policy.name.toLowerCase()])
      expect(await find(text)).toMatchObject({ status: 200, body: { id: policy.id, name: policy.name } })
    const others = policy.type === 'mobileApps' ? 'configurationPolicies' : 'mobileApps'
    expect(await find(policy.name, `&type=${others}`)).toMatchObject({ status: 404 })
  })

  test('takes a name as it is in Intune, with the blanks at its ends', async () => {
    const { items } = await listPolicies(database.db, tenant.ctx, { limit: 1, sort: 'observed' })
    const [policy] = items
    const rename = (name: string) =>
      database.owner
        .updateTable('policies')
        .set({ name })
        .where('id', '=', policy?.id ?? '')
        .execute()
    await rename(' Its ends are blank ')
    expect(await find(' Its ends are blank ')).toMatchObject({ status: 200, body: { id: policy?.id } })
    expect(await find('Its ends are blank')).toMatchObject({ status: 404 })
    await rename(policy?.name ?? '')
  })

  test('says what was perhaps meant, and which there are of several', async () => {
    const { items } = await listPolicies(database.db, tenant.ctx, { limit: 2 })
    const [first, second] = items
    const named = (name: string, id: string | undefined) =>
      database.owner
        .updateTable('policies')
        .set({ name })
        .where('id', '=', id ?? '')
        .execute()
    await named('Twice / the same', first?.id)
    await named('Twice / the same', second?.id)
    const several = await find('Twice / the same')
    expect(several).toMatchObject({ status: 409, body: { reason: 'ambiguous' } })
    for (const { id } of items) expect(several.text).toContain(id)
    expect(await find('Twice / the sane')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('Twice / the same') },
    })
    await named(first?.name ?? '', first?.id)
    await named(second?.name ?? '', second?.id)
  })
})

describe('GET policy-types', () => {
  test('lists every type with what can be done with it', async () => {
    const { status, body } = await get('/api/v1/policy-types')
    expect(status).toBe(200)
    const { items } = body as { items: { type: string; canRestore: string }[] }
    expect(items.find(({ type }) => type === 'mobileApps')).toMatchObject({ canFetch: true, canRestore: 'full' })
  })

  test('is for who is signed in', async () => {
    expect(await givenApp(database.api)('GET', '/api/v1/policy-types')).toMatchObject({ status: 401 })
  })
})
