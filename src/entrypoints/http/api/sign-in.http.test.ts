import { Secret, TOTP } from 'otpauth'
import { beforeEach, describe, expect, test } from 'vitest'
import { newSetupLink } from '#domain/access/setup/set-up.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { givenApp, givenPerson, slugOfTest, type Asked } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()
const password = 'correct horse battery staple'
let ask: ReturnType<typeof givenApp>
let loginName: string

beforeEach(() => {
  ask = givenApp(database.api)
  loginName = `ada.${crypto.randomUUID().slice(0, 8)}`
})

const codeOf = (secret: string, atMs = Date.now()) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: atMs })
/** Of the step after now, which is taken as well: not used up by a code of now, and good for a minute at least. */
const nextCodeOf = (secret: string) => codeOf(secret, Date.now() + 30_000)
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  ask('POST', `/api/v1${path}`, { body, headers })

/** The cookie a browser would send after that answer. */
function cookieOf({ headers }: Asked): Record<string, string> {
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  return { cookie: cookies.join('; ') }
}

/** Somebody with a local account, invited and in. */
async function givenLocalAccount() {
  const ctx = await givenWorkspace(database.db)
  const owner = await givenPerson(database.db, { ctx, role: 'owner' })
  const invited = await ask('POST', `/api/v1/workspaces/${slugOfTest(ctx)}/invitations`, {
    token: owner.token,
    body: { name: 'Ben', kind: 'local', role: 'operator' },
  })
  expect(invited.status).toBe(201)
  const token = new URL((invited.body as { link: string }).link).hash.slice(1)
  const { body } = await post('/sign-in/second-factor', { loginName })
  const { secret } = body as { secret: string }
  const account = { name: 'Ben', loginName, password, totpSecret: secret, code: codeOf(secret) }
  const accepted = await post('/sign-in/invitation/accept', { token, ...account })
  expect(accepted.status).toBe(201)
  const { recoveryCodes } = accepted.body as { recoveryCodes: string[] }
  return { ctx, owner, token, account, secret, recoveryCodes, accepted, cookie: cookieOf(accepted) }
}

const signIn = (code: string, given: { password?: string; loginName?: string } = {}) =>
  post('/sign-in/local', { loginName, password, code, ...given })

describe('an invitation', () => {
  test('says what it is for, works once, and lets in with a cookie that scripts cannot read', async () => {
    const { token, account, accepted, cookie, ctx } = await givenLocalAccount()
    expect(accepted.headers.getSetCookie()[0]).toMatch(/^tenantatlas=tas_[\w-]{43}; .*Path=\/; HttpOnly; SameSite=Lax/)
    const me = await ask('GET', '/api/v1/me', { headers: cookie })
    expect(me.body).toMatchObject({ name: 'Ben', workspaces: [{ slug: slugOfTest(ctx), role: 'operator' }] })
    const code = nextCodeOf(account.totpSecret)
    const again = await post('/sign-in/invitation/accept', { token, ...account, code, loginName: 'other.name' })
    expect(again).toMatchObject({ status: 401, body: { reason: 'sign_in_failed' } })
    expect((await post('/sign-in/invitation', { token })).status).toBe(404)
  })

  test('that was withdrawn works no more', async () => {
    const ctx = await givenWorkspace(database.db)
    const { token } = await givenPerson(database.db, { ctx, role: 'owner' })
    const at = `/api/v1/workspaces/${slugOfTest(ctx)}/invitations`
    const { body } = await ask('POST', at, { token, body: { name: 'Ben', kind: 'local', role: 'readonly' } })
    const { id, link } = body as { id: string; link: string }
    const linkToken = link.split('#')[1] ?? ''
    expect((await post('/sign-in/invitation', { token: linkToken })).body).toEqual({
      kind: 'local',
      name: 'Ben',
      role: 'readonly',
    })
    expect((await ask('GET', at, { token })).body).toMatchObject({ items: [{ id, name: 'Ben' }] })
    expect((await ask('DELETE', `${at}/${id}`, { token })).status).toBe(200)
    expect((await post('/sign-in/invitation', { token: linkToken })).status).toBe(404)
    expect((await ask('GET', at, { token })).body).toEqual({ items: [] })
  })

  test('stores neither its token, nor the password, nor the secret of the second factor', async () => {
    const { token, secret, recoveryCodes, cookie } = await givenLocalAccount()
    const tables = ['invitations', 'local_accounts', 'recovery_codes', 'sessions', 'users', 'audit_entries'] as const
    for (const table of tables) {
      const rows = JSON.stringify(await database.owner.selectFrom(table).selectAll().execute())
      for (const given of [token, password, secret, ...recoveryCodes, cookie['cookie']?.split('=')[1] ?? ''])
        expect([table, rows.includes(given)]).toEqual([table, false])
    }
  })
})

describe('a local account', () => {
  test('opens with password and code, and each code once', async () => {
    const { account, secret } = await givenLocalAccount()
    // The one it was made with is used up, too.
    expect((await signIn(account.code)).status).toBe(401)
    const code = nextCodeOf(secret)
    const first = await signIn(code)
    expect(first).toMatchObject({ status: 200, body: { returnTo: '/' } })
    expect((await ask('GET', '/api/v1/me', { headers: cookieOf(first) })).status).toBe(200)
    expect(await signIn(code)).toMatchObject({ status: 401, body: { reason: 'sign_in_failed' } })
  })

  test('opens with a recovery code, once', async () => {
    const { recoveryCodes } = await givenLocalAccount()
    const code = recoveryCodes[3] ?? ''
    expect((await signIn(code.toLowerCase().replace('-', ' '))).status).toBe(200)
    expect((await signIn(code)).status).toBe(401)
  })

  test('says the same to a wrong name, a wrong password and a wrong code', async () => {
    const { secret } = await givenLocalAccount()
    const answers = [
      await signIn(nextCodeOf(secret), { loginName: 'nobody.here' }),
      await signIn(nextCodeOf(secret), { password: 'correct horse battery stable' }),
      await signIn('000000'),
    ]
    const texts = answers.map(({ body }) => (body as { detail: string }).detail)
    expect(new Set(texts).size).toBe(1)
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
  })

  test('is locked after ten failures, also for the right password', async () => {
    const { secret } = await givenLocalAccount()
    for (let failure = 0; failure < 10; failure += 1) {
      expect((await signIn('000000')).status).toBe(401)
    }
    expect((await signIn(nextCodeOf(secret))).status).toBe(401)
    await database.owner
      .updateTable('local_accounts')
      .set({ locked_until: null })
      .where('login_name', '=', loginName)
      .execute()
  })

  test('changes its password for the one it has and a code, and ends every other session', async () => {
    const { cookie, recoveryCodes } = await givenLocalAccount()
    const other = cookieOf(await signIn(recoveryCodes[0] ?? ''))
    const newPassword = 'a quite different set of words'
    const change = { loginName, password, code: recoveryCodes[1], newPassword }
    const refused = await post('/me/password', { ...change, code: recoveryCodes[0] }, cookie)
    expect(refused).toMatchObject({ status: 401, body: { reason: 'sign_in_failed' } })
    expect((await post('/me/password', { ...change, newPassword: 'short' }, cookie)).status).toBe(400)
    expect((await post('/me/password', change, cookie)).status).toBe(200)
    expect((await ask('GET', '/api/v1/me', { headers: other })).status).toBe(401)
    expect((await ask('GET', '/api/v1/me', { headers: cookie })).status).toBe(200)
    expect((await signIn(recoveryCodes[2] ?? '')).status).toBe(401)
    expect((await signIn(recoveryCodes[3] ?? '', { password: newPassword })).status).toBe(200)
  })

  test.each(['short', 'aaaaaaaaaaaaaaaaaaaa', 'tenantatlas is a good name', 'x'.repeat(129)])(
    'does not take the password %s',
    async (weak) => {
      const ctx = await givenWorkspace(database.db)
      const { token } = await givenPerson(database.db, { ctx, role: 'owner' })
      const invited = await ask('POST', `/api/v1/workspaces/${slugOfTest(ctx)}/invitations`, {
        token,
        body: { name: 'Ben', kind: 'local', role: 'operator' },
      })
      const { secret } = (await post('/sign-in/second-factor', { loginName })).body as { secret: string }
      const link = (invited.body as { link: string }).link.split('#')[1]
      const account = { token: link, name: 'Ben', loginName, password: weak, totpSecret: secret, code: codeOf(secret) }
      expect(await post('/sign-in/invitation/accept', account)).toMatchObject({
        status: 400,
        body: { reason: 'invalid_input' },
      })
    },
  )
})

describe('a session', () => {
  test('idles out, ends with sign-out, and with every other one when asked', async () => {
    const { cookie, recoveryCodes } = await givenLocalAccount()
    const other = cookieOf(await signIn(recoveryCodes[0] ?? ''))
    // Signing in again with one browser ends what it had before.
    const third = await post('/sign-in/local', { loginName, password, code: recoveryCodes[1] }, other)
    expect((await ask('GET', '/api/v1/me', { headers: other })).status).toBe(401)
    expect((await ask('GET', '/api/v1/me/sessions', { headers: cookie })).body).toMatchObject({ items: [{}, {}] })
    expect((await ask('DELETE', '/api/v1/me/sessions', { headers: cookie })).body).toEqual({ ended: 1 })
    expect((await ask('GET', '/api/v1/me', { headers: cookieOf(third) })).status).toBe(401)
    expect((await ask('DELETE', '/api/v1/me/session', { headers: cookie })).status).toBe(200)
    expect((await ask('GET', '/api/v1/me', { headers: cookie })).status).toBe(401)
  })

  test('is ended from another one, by the person whose it is and with a proof that is not old', async () => {
    const { cookie, recoveryCodes } = await givenLocalAccount()
    const other = cookieOf(await signIn(recoveryCodes[0] ?? ''))
    const { items } = (await ask('GET', '/api/v1/me/sessions', { headers: cookie })).body as {
      items: { id: string; isThis: boolean }[]
    }
    const path = `/api/v1/me/sessions/${items.find(({ isThis }) => !isThis)?.id}`
    const { token } = await givenPerson(database.db)
    expect(await ask('DELETE', path, { token })).toMatchObject({ status: 404, body: { reason: 'not_found' } })
    expect((await ask('GET', '/api/v1/me', { headers: other })).status).toBe(200)
    expect((await ask('DELETE', path, { headers: cookie })).status).toBe(200)
    expect((await ask('GET', '/api/v1/me', { headers: other })).status).toBe(401)
    expect((await ask('DELETE', path, { headers: cookie })).status).toBe(404)
    await database.owner
      .updateTable('sessions')
      .set({ authenticated_at: new Date(Date.now() - 6 * 60_000) })
      .execute()
    for (const each of [path, '/api/v1/me/sessions'])
      expect(await ask('DELETE', each, { headers: cookie })).toMatchObject({ body: { reason: 'step_up_required' } })
  })

  test('asks for a new proof before a high-impact act, and takes one of the same person only', async () => {
    const { ctx } = await givenLocalAccount()
    const { token, userId } = await givenPerson(database.db, { ctx, role: 'owner' })
    await database.owner
      .updateTable('sessions')
      .set({ authenticated_at: new Date(Date.now() - 6 * 60_000) })
      .where('user_id', '=', userId)
      .execute()
    const path = `/api/v1/workspaces/${slugOfTest(ctx)}/api-keys`
    const body = { name: 'ci', capabilities: ['tenant.view'] }
    expect(await ask('POST', path, { token, body })).toMatchObject({
      status: 401,
      body: { reason: 'step_up_required' },
    })
    // Somebody else's password proves nothing.
    const { recoveryCodes } = await givenAnotherAccount()
    const proof = { loginName: 'somebody.else', password, code: recoveryCodes[0] }
    expect((await ask('POST', '/api/v1/me/session/proof', { token, body: proof })).status).toBe(401)
    expect((await ask('POST', path, { token, body })).status).toBe(401)
  })

  test('of a local account is proved again with its password and a code', async () => {
    const { ctx, cookie, recoveryCodes } = await givenLocalAccount()
    await database.owner
      .updateTable('sessions')
      .set({ authenticated_at: new Date(Date.now() - 6 * 60_000) })
      .execute()
    const path = `/api/v1/workspaces/${slugOfTest(ctx)}/api-keys`
    const body = { name: 'ci', capabilities: ['tenant.view'], days: 30 }
    expect((await ask('POST', path, { headers: cookie, body })).status).toBe(401)
    const proof = { loginName, password, code: recoveryCodes[0] }
    const proved = await ask('POST', '/api/v1/me/session/proof', { headers: cookie, body: proof })
    expect(proved.status).toBe(200)
    // The session goes on under another token; who had the old one has nothing.
    expect((await ask('GET', '/api/v1/me', { headers: cookie })).status).toBe(401)
    const made = await ask('POST', path, { headers: cookieOf(proved), body })
    expect(made.status).toBe(201)
    const { key } = made.body as { key: string }
    expect(key).toMatch(/^ta_[\w-]{43}$/)
    expect((await ask('GET', `/api/v1/workspaces/${slugOfTest(ctx)}/tenants`, { token: key })).status).toBe(200)
  })

  async function givenAnotherAccount() {
    const before = loginName
    loginName = 'somebody.else'
    const account = await givenLocalAccount()
    loginName = before
    return account
  }
})

describe('a program without a browser', () => {
  const given = async () => {
    const ctx = await givenWorkspace(database.db)
    const { token } = await givenPerson(database.db, { ctx, role: 'operator' })
    const { body } = await post('/sign-in/device', { name: 'tenantatlas on build-7' })
    const { deviceToken, userCode } = body as { deviceToken: string; userCode: string }
    return { ctx, token, deviceToken, userCode }
  }

  test('gets a session of whoever approves its code, once', async () => {
    const { ctx, token, deviceToken, userCode } = await given()
    expect((await post('/sign-in/device/token', { deviceToken })).body).toEqual({ state: 'waiting', token: null })
    const path = `/api/v1/me/devices/${userCode.toLowerCase()}`
    expect((await ask('GET', path, { token })).body).toMatchObject({ name: 'tenantatlas on build-7' })
    expect((await ask('POST', path, { token, body: { approve: true } })).status).toBe(200)
    expect((await ask('POST', path, { token, body: { approve: true } })).status).toBe(404)
    const { body } = await post('/sign-in/device/token', { deviceToken })
    const taken = body as { state: string; token: string }
    expect(taken.state).toBe('approved')
    const me = await ask('GET', '/api/v1/me', { token: taken.token })
    expect(me.body).toMatchObject({ workspaces: [{ slug: slugOfTest(ctx) }], session: { method: 'device' } })
    expect((await post('/sign-in/device/token', { deviceToken })).status).toBe(401)
  })

  test('gets nothing where it was denied', async () => {
    const { token, deviceToken, userCode } = await given()
    await ask('POST', `/api/v1/me/devices/${userCode}`, { token, body: { approve: false } })
    expect((await post('/sign-in/device/token', { deviceToken })).body).toEqual({ state: 'denied', token: null })
  })
})

describe('the setup link', () => {
  const empty = useTestDatabase()

  test('makes the first owner and their workspace, once, and no other link is given after it', async () => {
    ask = givenApp(empty.api)
    const older = await newSetupLink(empty.db)
    const token = await newSetupLink(empty.db)
    const { secret } = (await post('/sign-in/second-factor', { loginName })).body as { secret: string }
    const setup = {
      name: 'Ada',
      workspaceName: 'Contoso MSP',
      loginName,
      password,
      totpSecret: secret,
      code: codeOf(secret),
    }
    expect((await ask('GET', '/api/v1/sign-in')).body).toMatchObject({ needsSetup: true })
    expect((await post('/sign-in/setup', { token: older, ...setup })).status).toBe(401)
    const [one, two] = await Promise.all([
      post('/sign-in/setup', { token, ...setup }),
      post('/sign-in/setup', { token, ...setup, loginName: 'other.person' }),
    ])
    expect([one.status, two.status].toSorted((a, b) => a - b)).toEqual([201, 401])
    const done = one.status === 201 ? one : two
    expect(done.body).toMatchObject({ workspace: 'contoso-msp' })
    expect((await ask('GET', '/api/v1/me', { headers: cookieOf(done) })).body).toMatchObject({
      workspaces: [{ role: 'owner' }],
    })
    expect(await newSetupLink(empty.db)).toBeUndefined()
    expect((await ask('GET', '/api/v1/sign-in')).body).toMatchObject({ needsSetup: false })
  })
})
