import { Secret, TOTP } from 'otpauth'
import { beforeEach, describe, expect, test } from 'vitest'
import { newOperatorLink } from '#domain/platform/sign-in-operator.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { givenApp, givenOperator, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()
let ask: ReturnType<typeof givenApp>

beforeEach(() => {
  ask = givenApp(database.api)
})

const sessionOf = (headers: Headers, name: string) =>
  headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.split(';')[0]

describe('a platform operator', () => {
  test('is made by a link of the host, once, and signs in with a cookie of their own', async () => {
    const token = await newOperatorLink(database.db)
    const { secret } = (await ask('POST', '/api/v1/sign-in/second-factor', { body: { loginName: 'olga' } })).body as {
      secret: string
    }
    const codeAt = (atMs: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: atMs })
    const account = {
      token,
      name: 'Olga',
      loginName: 'olga',
      password: 'correct horse battery staple',
      totpSecret: secret,
    }
    const made = await ask('POST', '/api/v1/system/sign-in/setup', {
      body: { ...account, code: codeAt(Date.now()) },
    })
    expect(made).toMatchObject({ status: 201, body: { recoveryCodes: expect.any(Array) } })
    // Of the step after now, which is taken as well.
    const nextCode = codeAt(Date.now() + 30_000)
    const again = { ...account, loginName: 'other', code: nextCode }
    expect((await ask('POST', '/api/v1/system/sign-in/setup', { body: again })).status).toBe(401)
    const proof = { loginName: 'olga', password: account.password, code: nextCode }
    const signedIn = await ask('POST', '/api/v1/system/sign-in', { body: proof })
    const cookie = sessionOf(signedIn.headers, 'tenantatlas-system') ?? ''
    expect((await ask('GET', '/api/v1/system/me', { headers: { cookie } })).body).toMatchObject({ name: 'Olga' })
    // A member's account opens nothing here, and this one nothing there.
    expect((await ask('POST', '/api/v1/sign-in/local', { body: proof })).status).toBe(401)
    expect((await ask('GET', '/api/v1/me', { headers: { cookie } })).status).toBe(404)
    expect((await ask('DELETE', '/api/v1/system/session', { headers: { cookie } })).status).toBe(200)
    expect((await ask('GET', '/api/v1/system/me', { headers: { cookie } })).status).toBe(401)
  })

  test('sees workspaces in figures, workers, the queue and what is stuck, and no name of a tenant', async () => {
    const ctx = await givenWorkspace(database.db, { name: 'Contoso' })
    const tenant = await givenTenant(database.db, ctx, { name: 'Secret Clinic' })
    const { runId } = await startRun(database.db, tenant, { type: 'connection.verify', input: {}, trigger: 'api' })
    await database.owner
      .updateTable('live_runs')
      .set({ run_at: new Date(Date.now() - 16 * 60_000) })
      .where('run_id', '=', runId)
      .execute()
    const token = await givenOperator(database.db)
    const answers = await Promise.all(
      ['workspaces', 'workers', 'queue', 'stuck-runs', 'events'].map((noun) =>
        ask('GET', `/api/v1/system/${noun}`, { token }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(answers[0]?.body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ slug: slugOfTest(ctx), tenants: 1, activeRuns: 1 })]),
    })
    expect(answers[3]?.body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ run: runId, state: 'not_taken' })]),
    })
    for (const { text } of answers) expect(text).not.toContain('Secret Clinic')
    expect((await ask('POST', `/api/v1/system/workers/${newId()}/drain`, { token })).status).toBe(404)
  })

  test('comes into a workspace only with a reason, for a while, and its members see it', async () => {
    const ctx = await givenWorkspace(database.db)
    await givenTenant(database.db, ctx, { name: 'Contoso' })
    const owner = await givenPerson(database.db, { ctx, role: 'owner' })
    const operator = await givenOperator(database.db)
    const slug = slugOfTest(ctx)
    const path = `/api/v1/system/workspaces/${slug}/break-glass`
    expect((await ask('POST', path, { token: operator, body: {} })).status).toBe(400)
    expect(
      (await ask('POST', '/api/v1/system/workspaces/nowhere/break-glass', { token: operator, body: { reason: 'x' } }))
        .status,
    ).toBe(404)
    const broken = await ask('POST', path, {
      token: operator,
      body: { reason: 'Customer asked <i>at night</i>', minutes: 30 },
    })
    expect(broken).toMatchObject({ status: 200, body: { until: expect.any(String) } })
    const cookie = sessionOf(broken.headers, 'tenantatlas') ?? ''
    expect((await ask('GET', `/api/v1/workspaces/${slug}/tenants`, { headers: { cookie } })).body).toMatchObject({
      items: [{ name: 'Contoso' }],
    })
    expect(
      (await ask('DELETE', `/api/v1/workspaces/${slug}/members/${owner.userId}`, { headers: { cookie } })).status,
    ).toBe(403)
    const shown = await ask('GET', `/api/v1/workspaces/${slug}`, { token: owner.token })
    expect(shown.body).toMatchObject({
      guests: [{ name: 'Olga Petrov (platform operator)', role: 'readonly', reason: 'Customer asked <i>at night</i>' }],
    })
    const page = () => ask('GET', `/w/${slug}`, { headers: { cookie: `tenantatlas=${owner.token}` } })
    expect((await page()).text).toMatch(
      /Olga Petrov \(platform operator\)<\/strong> is in this workspace as readonly until \d\d:\d\d\. Why: Customer asked &lt;i&gt;at night/,
    )
    const log = await ask('GET', `/api/v1/workspaces/${slug}/audit?action=workspace.break_glass`, {
      token: owner.token,
    })
    expect(log.body).toMatchObject({ items: [{ detail: { reason: 'Customer asked <i>at night</i>', minutes: 30 } }] })
    expect((await ask('GET', '/api/v1/system/events', { token: operator })).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ action: 'break_glass', subject: slug })]),
    })
    await database.owner
      .updateTable('workspace_members')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('expires_at', 'is not', null)
      .execute()
    expect((await ask('GET', `/api/v1/workspaces/${slug}/tenants`, { headers: { cookie } })).status).toBe(404)
    expect((await ask('GET', `/api/v1/workspaces/${slug}`, { token: owner.token })).body).toMatchObject({ guests: [] })
    expect((await page()).text).not.toContain('Olga Petrov')
  })

  test('proves who they are before breaking the glass', async () => {
    const ctx = await givenWorkspace(database.db)
    const token = await givenOperator(database.db)
    await database.owner
      .updateTable('platform_sessions')
      .set({ authenticated_at: new Date(Date.now() - 6 * 60_000) })
      .execute()
    const path = `/api/v1/system/workspaces/${slugOfTest(ctx)}/break-glass`
    expect(await ask('POST', path, { token, body: { reason: 'x' } })).toMatchObject({
      status: 401,
      body: { reason: 'step_up_required' },
    })
  })
})
