import { createPublicKey, verify } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { demoPassword, homePeople, homeTenant, signInApps } from '../people.ts'
import { askToken, createTestClient, useSimulator } from '../testing.ts'
import type { Answer } from '../testing.ts'
import { authorizeUrl, codeVerifier, locationOf, redirectUri, signInAs, submit } from '../testing-sign-in.ts'

const simulator = useSimulator({ homeTenant: true, tenants: [{ name: 'Contoso', policies: 50 }] })
const { signIn } = signInApps
const { owner } = homePeople

beforeEach(() => simulator.control.changeSettings({ clockOffsetMs: 0 }))

async function codeFor(given: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await signInAs(authorizeUrl(simulator.url, given))).searchParams.get('code') ?? ''
}

async function redeem(given: Readonly<Record<string, string>>, tenant = 'organizations'): Promise<Answer> {
  return askToken(simulator.url, tenant, {
    grant_type: 'authorization_code',
    client_id: signIn.clientId,
    client_secret: signIn.secret,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
    ...given,
  })
}

function claimsOf(token: unknown): Record<string, unknown> {
  const claims = String(token).split('.')[1] ?? ''
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
}

async function idTokenFor(given: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
  return claimsOf((await redeem({ code: await codeFor(given) })).body['id_token'])
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url, { redirect: 'manual' })).text()
}

describe('the sign-in page', () => {
  it('offers everybody of the tenants with one button each, those of the home tenant first', async () => {
    const page = await textOf(authorizeUrl(simulator.url))
    const offered = [...page.matchAll(/Sign in as ([^\n<]+)/g)].map(([, name]) => name)
    expect(offered).toEqual([...Object.values(homePeople).map(({ name }) => name), 'Priya Nair', 'Tom Fischer'])
    expect(page).toContain(owner.userName)
    expect(page).not.toContain('<script')
  })

  it('of one tenant offers its own people alone', async () => {
    const page = await textOf(authorizeUrl(simulator.url, {}, simulator.tenant.id))
    expect(page).toContain('Priya Nair')
    expect(page).not.toContain(owner.userName)
  })

  it('shows what it is asked with as text, never as markup', async () => {
    const page = await textOf(authorizeUrl(simulator.url, { login_hint: '"><script>alert(1)</script>' }))
    expect(page).toContain('&quot;&gt;&lt;script&gt;')
    expect(page).not.toContain('<script')
  })

  it('sends the browser back with a code and the state', async () => {
    const back = await signInAs(authorizeUrl(simulator.url))
    expect(`${back.origin}${back.pathname}`).toBe(redirectUri)
    expect(back.searchParams.get('state')).toBe('the state')
    expect(back.searchParams.get('code')).toMatch(/^1\../)
  })

  it('takes a user name and the password', async () => {
    const form = { username: owner.userName.toUpperCase(), password: demoPassword }
    const back = locationOf(await submit(authorizeUrl(simulator.url), form))
    expect(back.searchParams.has('code')).toBe(true)
  })

  it.each([
    ['a wrong password', { username: owner.userName, password: 'wrong' }, 'AADSTS50126'],
    ['an unknown user name', { username: 'nobody@example.com', password: demoPassword }, 'AADSTS50034'],
    ['a disabled account', { person: homePeople.disabled.objectId }, 'AADSTS50057'],
  ])('says so on %s and sends nobody back', async (_what, form, code) => {
    const answer = await submit(authorizeUrl(simulator.url), form)
    expect([answer.status, answer.headers.get('location')]).toEqual([200, null])
    expect(await answer.text()).toContain(code)
  })

  it('says access_denied for somebody who cancels', async () => {
    const back = locationOf(await submit(authorizeUrl(simulator.url), { action: 'deny' }))
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: 'the state' })
  })

  it('posts the answer for response_mode=form_post', async () => {
    const page = authorizeUrl(simulator.url, { response_mode: 'form_post' })
    const answer = await (await submit(page, { person: owner.objectId })).text()
    expect(answer).toContain(`action="${redirectUri}"`)
    expect(answer).toMatch(/name="code" value="1\./)
    expect(answer).toContain('name="state" value="the state"')
  })

  it.each([
    ['an address that is not registered', { redirect_uri: 'https://evil.example/callback' }, 'AADSTS50011'],
    [
      'a host that only begins like a registered one',
      { redirect_uri: 'http://localhost.evil.example/' },
      'AADSTS50011',
    ],
    ['an unknown app', { client_id: homeTenant.id }, 'AADSTS700016'],
    ['no app', { client_id: undefined }, 'AADSTS900144'],
  ])('answers %s with a page, not with a redirect', async (_what, given, code) => {
    const answer = await fetch(authorizeUrl(simulator.url, given), { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
    expect(await answer.text()).toContain(code)
  })

  it.each([
    ['another response type', { response_type: 'id_token' }, 'unsupported_response_type', 'AADSTS700054'],
    ['no scope', { scope: undefined }, 'invalid_request', 'AADSTS900144'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request', 'AADSTS90023'],
    ['another response mode', { response_mode: 'fragment' }, 'invalid_request', 'AADSTS90023'],
    ['prompt=none', { prompt: 'none' }, 'login_required', 'AADSTS50058'],
  ])('tells the app of %s', async (_what, given, error, code) => {
    const back = locationOf(await fetch(authorizeUrl(simulator.url, given), { redirect: 'manual' }))
    expect(back.searchParams.get('error')).toBe(error)
    expect(back.searchParams.get('error_description')).toContain(code)
    expect(back.searchParams.get('state')).toBe('the state')
  })

  it('turns an app of one tenant away from the others', async () => {
    const single = await simulator.control.registerApp('Contoso', {
      name: 'single',
      permissions: [],
      redirectUris: ['http://localhost/back'],
    })
    const given = { client_id: single.clientId, redirect_uri: 'http://localhost:5000/back' }
    expect(await textOf(authorizeUrl(simulator.url, given))).toContain('AADSTS50194')
    expect(await textOf(authorizeUrl(simulator.url, given, homeTenant.id))).toContain('AADSTS700016')
    expect(await textOf(authorizeUrl(simulator.url, given, 'Contoso'))).toContain('Priya Nair')
  })
})

describe('a code', () => {
  it('becomes an ID token of version 2.0 that the published key signed, and an access token', async () => {
    const { body } = await redeem({ code: await codeFor() })
    const [header = '', claims = '', signature = ''] = String(body['id_token']).split('.')
    const { keys } = (await (await fetch(`${simulator.url}/organizations/discovery/v2.0/keys`)).json()) as {
      keys: JsonWebKey[]
    }
    const key = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' })
    expect(verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true)
    expect(claimsOf(body['id_token'])).toMatchObject({
      iss: `${simulator.url}/${homeTenant.id}/v2.0`,
      aud: signIn.clientId,
      tid: homeTenant.id,
      oid: owner.objectId,
      name: owner.name,
      preferred_username: owner.userName,
      nonce: 'the nonce',
      amr: ['pwd'],
      ver: '2.0',
    })
    expect(claimsOf(body['access_token'])).toMatchObject({ appid: signIn.clientId, scp: 'openid profile' })
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'openid profile' })
  })

  it('says the e-mail address and the time of sign-in only when asked', async () => {
    const bare = await idTokenFor()
    expect([bare['email'], bare['auth_time']]).toEqual([undefined, undefined])
    const asked = await idTokenFor({ scope: 'openid profile email', max_age: '300' })
    expect(asked).toMatchObject({ email: owner.userName, auth_time: asked['iat'] })
  })

  it('names the same person by another subject in another app', async () => {
    const one = await idTokenFor()
    const url = authorizeUrl(simulator.url, { client_id: signInApps.reader.clientId })
    const code = (await signInAs(url)).searchParams.get('code') ?? ''
    const reader = { client_id: signInApps.reader.clientId, client_secret: signInApps.reader.secret }
    const other = claimsOf((await redeem({ code, ...reader })).body['id_token'])
    expect(other['oid']).toBe(one['oid'])
    expect(other['sub']).not.toBe(one['sub'])
  })

  it('works once', async () => {
    const code = await codeFor()
    const [first, second] = [await redeem({ code }), await redeem({ code })]
    expect([first.status, second.body['error'], second.body['error_codes']]).toEqual([200, 'invalid_grant', [54005]])
  })

  it.each([
    ['another verifier', { code_verifier: 'x'.repeat(50) }, 501481],
    ['no verifier', { code_verifier: '' }, 501481],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:4999/elsewhere' }, 500112],
    ['another app', { client_id: signInApps.reader.clientId, client_secret: signInApps.reader.secret }, 700005],
    ['a wrong secret', { client_secret: 'wrong' }, 7000215],
    ['another code', { code: '1.invented' }, 70008],
  ])('with %s is refused', async (_what, given, code) => {
    const answer = await redeem({ code: await codeFor(), ...given })
    expect(answer.body['error_codes']).toEqual([code])
  })

  it('is refused in another tenant, and after ten minutes', async () => {
    expect((await redeem({ code: await codeFor() }, 'Contoso')).body['error_codes']).toEqual([700005])
    const code = await codeFor()
    await simulator.control.changeSettings({ clockOffsetMs: 600_001 })
    expect((await redeem({ code })).body['error_codes']).toEqual([70008])
  })

  it('meets the fault plan, as the pages and documents do', async () => {
    await simulator.control.setFaults({
      faults: [
        { match: { kind: 'token', app: signIn.name }, effect: { kind: 'tokenError', code: 7000222 } },
        { match: { kind: 'signIn', path: '/*/discovery/v2.0/keys' }, effect: { kind: 'status', status: 503 } },
      ],
    })
    expect((await redeem({ code: await codeFor() })).body['error_codes']).toEqual([7000222])
    const keys = () => fetch(`${simulator.url}/organizations/discovery/v2.0/keys`)
    expect([(await keys()).status, (await keys()).status]).toEqual([503, 200])
  })

  it('is not in the journal', async () => {
    const code = await codeFor()
    await redeem({ code })
    const { entries } = await simulator.control.journal()
    expect(JSON.stringify(entries)).not.toContain(code)
    expect(entries.at(-1)).toMatchObject({ kind: 'token', tenant: homeTenant.id, app: signIn.clientId, status: 200 })
  })
})

describe('discovery', () => {
  it.each(['common', 'organizations'])('of %s has an issuer with a hole for the tenant', async (name) => {
    const url = `${simulator.url}/${name}/v2.0/.well-known/openid-configuration`
    expect(await (await fetch(url)).json()).toMatchObject({ issuer: `${simulator.url}/{tenantid}/v2.0` })
  })

  it('of a tenant names it by its id, and refuses one that does not exist', async () => {
    const of = (name: string) => fetch(`${simulator.url}/${name}/v2.0/.well-known/openid-configuration`)
    expect(await (await of(homeTenant.domain)).json()).toMatchObject({
      issuer: `${simulator.url}/${homeTenant.id}/v2.0`,
    })
    expect((await of('nowhere.example')).status).toBe(400)
  })
})

describe('admin consent', () => {
  const { reader } = signInApps

  function consentUrl(given: Readonly<Record<string, string>> = {}, tenant = simulator.tenant.id): string {
    const usual = { client_id: reader.clientId, redirect_uri: 'http://localhost:4999/consent', state: 'the state' }
    return `${simulator.url}/${tenant}/v2.0/adminconsent?${new URLSearchParams({ ...usual, ...given }).toString()}`
  }

  const tokenOf = () =>
    askToken(simulator.url, simulator.tenant.id, { client_id: reader.clientId, client_secret: reader.secret })

  it('names the app, the tenant and what it asks for', async () => {
    const page = await textOf(consentUrl())
    for (const text of [reader.name, reader.clientId, 'Contoso', 'DeviceManagementApps.Read.All', 'Priya Nair'])
      expect(page).toContain(text)
  })

  it('changes nothing when it is cancelled, and says so', async () => {
    const back = locationOf(await submit(consentUrl(), { action: 'cancel' }))
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: 'the state' })
    expect((await tokenOf()).body['error_codes']).toEqual([700016])
  })

  it('gives the app of another tenant its roles here, which its next token reads with', async () => {
    const scope = 'https://graph.microsoft.com/.default'
    const back = locationOf(await submit(consentUrl({ scope }), { action: 'accept' }))
    expect(Object.fromEntries(back.searchParams)).toEqual({
      admin_consent: 'True',
      tenant: simulator.tenant.id,
      state: 'the state',
      scope,
    })
    const token = String((await tokenOf()).body['access_token'])
    expect(claimsOf(token)['roles']).toContain('DeviceManagementApps.Read.All')
    const client = createTestClient(simulator.url, token)
    expect((await client.get('/beta/deviceManagement/configurationPolicies')).status).toBe(200)
  })

  it('asks an administrator of whichever tenant which one it is', async () => {
    const page = consentUrl({}, 'organizations')
    expect(await textOf(page)).toContain(`<option value="${simulator.tenant.id}">Contoso</option>`)
    const back = locationOf(await submit(page, { action: 'accept', tenant: homeTenant.id }))
    expect(back.searchParams.get('tenant')).toBe(homeTenant.id)
  })

  it('without an address that is registered is a page', async () => {
    expect(await textOf(consentUrl({ redirect_uri: 'https://evil.example/' }))).toContain('AADSTS50011')
  })
})

describe('signing out', () => {
  it('leads back to an address the app registered, and nowhere else', async () => {
    const out = (address: string) =>
      fetch(`${simulator.url}/common/oauth2/v2.0/logout?post_logout_redirect_uri=${encodeURIComponent(address)}`, {
        redirect: 'manual',
      })
    expect(locationOf(await out('http://localhost:4999/signed-out')).href).toBe('http://localhost:4999/signed-out')
    const elsewhere = await out('https://evil.example/')
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([200, null])
  })
})

it('people are told by the control API, with the ids that tokens carry', async () => {
  const people = await simulator.control.people(homeTenant.name)
  expect(people).toContainEqual({
    id: owner.objectId,
    name: 'Olivia Wagner',
    userName: 'olivia.wagner@northwindmsp.onmicrosoft.com',
    email: 'olivia.wagner@northwindmsp.onmicrosoft.com',
    isEnabled: true,
    isAdmin: true,
  })
})
