/** What every request meets before a procedure, and every answer carries. */
import { beforeAll, describe, expect, test } from 'vitest'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { reasons } from '#foundation/kernel/reasons.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'
import { procedures } from '#entrypoints/http/api/methods-at.ts'

const database = useTestDatabase()
let ask: ReturnType<typeof givenApp>
let token: string
let at: string

beforeAll(async () => {
  ask = givenApp(database.api)
  const ctx = await givenWorkspace(database.db)
  await givenTenant(database.db, ctx, { name: 'Contoso' })
  ;({ token } = await givenPerson(database.db, { ctx, role: 'owner' }))
  at = `/api/v1/workspaces/${slugOfTest(ctx)}`
})

const newTenant = () => ({ name: `Tenant ${crypto.randomUUID()}`, entraTenantId: crypto.randomUUID() })

describe('an unsafe request', () => {
  test.each([
    [{ 'sec-fetch-site': 'cross-site' }, 403, 'cross_site'],
    [{ 'sec-fetch-site': 'same-site' }, 403, 'cross_site'],
    [{ origin: 'https://evil.example' }, 403, 'cross_site'],
    [{ origin: 'null' }, 403, 'cross_site'],
    [{ 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, 415, 'unsupported_media_type'],
    [{ host: 'evil.example' }, 421, 'misdirected'],
  ])('with %j is refused with %i', async (headers, status, reason) => {
    expect(await ask('POST', `${at}/tenants`, { token, headers, body: newTenant() })).toMatchObject({
      status,
      body: { reason },
    })
  })

  test('with unknown fields is told their names, never a value that stands in place of one', async () => {
    const mistyped = await ask('POST', `${at}/tenants`, { token, body: { ...newTenant(), clientSecret: 'x' } })
    expect(mistyped.body).toMatchObject({ status: 400, detail: expect.stringContaining('"clientSecret"') })
    const secret = 'Tr0ub4dor&3 "horse"'
    const pasted = await ask('POST', `${at}/tenants`, { token, body: { ...newTenant(), [secret]: 'x' } })
    expect(pasted).toMatchObject({ status: 400, text: expect.not.stringContaining('Tr0ub4dor') })
  })

  test('of our own page is taken', async () => {
    const headers = { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:4780' }
    expect((await ask('POST', `${at}/tenants`, { token, headers, body: newTenant() })).status).toBe(201)
  })

  test('is refused when it is too large, too deep, no JSON or no UTF-8', async () => {
    const send = (body: string) => ask('POST', `${at}/tenants`, { token, body })
    expect(await send(JSON.stringify({ name: 'x'.repeat(1_000_001) }))).toMatchObject({
      status: 413,
      body: { reason: 'too_large' },
    })
    expect(await send('['.repeat(33) + ']'.repeat(33))).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('32 levels') },
    })
    expect(await send('{"name":')).toMatchObject({ status: 400, body: { detail: expect.stringContaining('not JSON') } })
    // Brackets in a text are no depth.
    expect(await send(JSON.stringify({ ...newTenant(), name: `${'['.repeat(60)}\\"` }))).toMatchObject({ status: 201 })
  })

  test.each([
    '{"__proto__":{"isAdmin":true},"name":"x"}',
    '{"constructor":{"prototype":{}},"name":"x"}',
    '[]',
    '"x"',
    'null',
  ])('with the body %s changes nothing it should not', async (body) => {
    const { status } = await ask('POST', `${at}/tenants`, { token, body })
    expect(status).toBe(400)
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined()
  })

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data', 'multipart/form-data; boundary=x'])(
    'without a body is no form, though it says it is %s',
    async (type) => {
      const path = `${at}/invitations/${crypto.randomUUID()}`
      expect(await ask('DELETE', path, { token, headers: { 'content-type': type } })).toMatchObject({ status: 404 })
    },
  )

  test.each([
    ['POST', '/api/v1/sign-in/local', { loginName: 'a\u0000b', password: 'x', code: '1' }, 'loginName'],
    ['POST', '/api/v1/sign-in/local', { loginName: '\ud800', password: 'x', code: '1' }, 'loginName'],
    ['GET', '/api/v1/me/devices/%00', undefined, 'userCode'],
  ])('of %s %s with what no database stores is bad input', async (method, path, body, field) => {
    expect(await ask(method, path, { token, body })).toMatchObject({
      status: 400,
      body: { reason: 'invalid_input', detail: expect.stringContaining(field) },
    })
  })
})

describe('a path', () => {
  test('that is none of the API is 404, one that takes other methods 405 and says which', async () => {
    expect(await ask('GET', '/api/v1/nothing', { token })).toMatchObject({ status: 404, body: { reason: 'not_found' } })
    expect(await ask('DELETE', `${at}/tenants`, { token })).toMatchObject({
      status: 405,
      body: { detail: 'This path takes GET, POST.' },
    })
  })

  test.each(['..%2f..%2fetc', '%00', '%ff', "x' or '1'='1", 'constructor', '__proto__'])(
    'with %s where a record stands is 404 or 400, never more',
    async (odd) => {
      for (const path of [`/api/v1/workspaces/${odd}`, `${at}/tenants/${odd}`, `${at}/runs/${odd}`])
        expect([400, 404]).toContain((await ask('GET', path, { token })).status)
    },
  )
})

test('a parameter counts where it belongs: a body names no other workspace, and one value given twice is refused', async () => {
  const other = await givenWorkspace(database.db)
  const sent = { ...newTenant(), workspace: slugOfTest(other) }
  expect((await ask('POST', `${at}/tenants`, { token, body: sent })).status).toBe(201)
  expect((await ask('GET', `${at}/tenants?workspace=${slugOfTest(other)}`, { token })).status).toBe(200)
  expect(await ask('GET', `${at}/runs?limit=1&limit=2`, { token })).toMatchObject({
    status: 400,
    body: { reason: 'invalid_input' },
  })
})

describe('every answer', () => {
  test.each([
    '/api/v1/me',
    '/api/v1/nothing',
    '/api/v1/openapi.json',
    '/sign-in',
    '/setup',
    '/docs/errors/not_found',
    '/nothing',
    '/assets/page.css',
    '/',
  ])('carries the headers that protect the browser: %s', async (path) => {
    for (const host of ['localhost:4780', 'evil.example']) {
      const { headers } = await ask('GET', path, { headers: { host } })
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  test.each([
    ['/api/v1/me', 401, 'application/problem+json'],
    ['/api/v1/openapi.json', 200, 'application/json'],
    ['/sign-in', 200, 'text/html; charset=UTF-8'],
    ['/nothing', 404, 'text/plain; charset=UTF-8'],
    ['/assets/page.css', 200, 'text/css; charset=utf-8'],
    ['/assets/sign-in.js', 200, 'text/javascript; charset=utf-8'],
  ])('says what it is: %s', async (path, status, type) => {
    const answer = await ask('GET', path)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type])
  })

  test('that refuses leads to a page about its reason', async () => {
    for (const reason of Object.keys(reasons)) {
      const { status, text } = await ask('GET', `/docs/errors/${reason}`)
      expect([reason, status]).toEqual([reason, 200])
      expect(text).toContain(reason)
    }
    expect((await ask('GET', '/docs/errors/constructor')).status).toBe(404)
  })
})

describe('an Idempotency-Key', () => {
  const once = (key: string, body: object) =>
    ask('POST', `${at}/tenants`, { token, body, headers: { 'idempotency-key': key } })

  test('gives the same answer again, and makes one thing, also when sent at once', async () => {
    const [key, body] = [crypto.randomUUID(), newTenant()]
    const answers = await Promise.all(Array.from({ length: 5 }, () => once(key, body)))
    const made = answers.filter(({ status }) => status === 201)
    expect(made.length).toBeGreaterThan(0)
    const others = answers.filter(({ status }) => status !== 201)
    expect(made.map(({ body: said }) => said)).toEqual(made.map(() => made[0]?.body))
    expect(others.filter(({ status, text }) => status !== 409 || !text.includes('still under way'))).toEqual([])
    expect(await once(key, body)).toMatchObject({ status: 201, body: made[0]?.body })
  })

  test('belongs to one request, and is free again after a refusal', async () => {
    const key = crypto.randomUUID()
    const body = newTenant()
    expect((await once(key, { ...body, name: '' })).status).toBe(400)
    expect((await once(key, body)).status).toBe(201)
    expect(await once(key, newTenant())).toMatchObject({ status: 422, body: { reason: 'key_reused' } })
  })

  test('is not taken for an answer with a secret', async () => {
    const body = { name: 'ci', capabilities: ['tenant.view'] }
    const headers = { 'idempotency-key': 'k' }
    expect(await ask('POST', `${at}/api-keys`, { token, headers, body })).toMatchObject({ status: 400 })
  })
})

test('who asks too fast waits, and only they', async () => {
  const ctx = await givenWorkspace(database.db)
  const [fast, other] = [
    await givenPerson(database.db, { ctx, role: 'owner' }),
    await givenPerson(database.db, { ctx, role: 'owner' }),
  ]
  const answers = await Promise.all(Array.from({ length: 260 }, () => ask('GET', '/api/v1/me', { token: fast.token })))
  const refused = answers.find(({ status }) => status === 429)
  expect(refused).toMatchObject({ body: { reason: 'too_many_requests' } })
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await ask('GET', '/api/v1/me', { token: other.token })).status).toBe(200)
})

test('no procedure changes anything by GET', () => {
  for (const { name, method, procedure } of procedures) {
    const { effect } = procedure['~orpc'].meta as { effect: string }
    expect([name, method === 'GET']).toEqual([
      name,
      effect === 'read' || name === 'signIn.invitation' ? method === 'GET' : false,
    ])
  }
})
