/* What a sign-in asks, accepts and remembers, against a provider of which everything can be bent. */
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  clientId,
  now,
  otherTenant,
  redirectUri,
  refusalOf,
  tenantClaims,
  useHostileIdp,
  withClaims,
} from '#domain/access/sign-in/testing-bent-sign-in.ts'
import { hostileTenant, json, victim } from '#domain/access/sign-in/testing-hostile-idp.ts'
import type { Claims } from '#domain/access/sign-in/testing-hostile-idp.ts'

const stage = useHostileIdp()

describe('finish() accepts', () => {
  test('what Entra answers: the person by issuer, tenant and object id', async () => {
    expect(await stage.signIn({})).toEqual({
      issuer: `${stage.idp.origin}/${hostileTenant}/v2.0`,
      tid: hostileTenant,
      oid: victim.oid,
      name: 'Vic Tim',
      userName: victim.email,
      authTime: null,
      amr: [],
    })
  })

  test('the answer of who says rightly that they answer', async () => {
    const callback = (url: URL) => `${url.href}&iss=${encodeURIComponent(`${stage.idp.origin}/${hostileTenant}/v2.0`)}`
    expect((await stage.signIn({ callback })).oid).toBe(victim.oid)
  })

  test('a single audience in a list, and ids in capitals as the same ids', async () => {
    const claims = (usual: Claims) => ({ ...usual, aud: [clientId], oid: victim.oid.toUpperCase() })
    expect((await stage.signIn({ claims })).oid).toBe(victim.oid)
  })

  test('a tenant that is on the list, in whatever case', async () => {
    const options = { allowedTenants: [otherTenant, hostileTenant.toUpperCase()] }
    expect((await stage.signIn({ options })).tid).toBe(hostileTenant)
  })

  test('a proof as recent as asked for, and says when and how it was', async () => {
    const at = now() - 250
    const claims = (usual: Claims) => ({ ...usual, auth_time: at, amr: ['pwd', 'mfa', 7] })
    const person = await stage.signIn({ claims, wishes: { maxAgeSeconds: 300 } })
    expect([person.authTime, person.amr]).toEqual([new Date(at * 1_000), ['pwd', 'mfa']])
  })

  test('another person who took the same e-mail address, as another person', async () => {
    const attacker = randomUUID()
    const thief = await stage.signIn({ claims: (usual) => ({ ...usual, ...tenantClaims(otherTenant), oid: attacker }) })
    const owner = await stage.signIn({})
    expect(thief.userName).toBe(owner.userName)
    expect([thief.issuer, thief.tid, thief.oid]).toEqual([
      `${stage.idp.origin}/${otherTenant}/v2.0`,
      otherTenant,
      attacker,
    ])
    expect([owner.issuer, owner.tid, owner.oid]).not.toEqual([thief.issuer, thief.tid, thief.oid])
  })

  test('the same person under another subject, name and address, as the same person', async () => {
    const one = await stage.signIn({})
    const other = await stage.signIn(
      withClaims({ sub: 'changed', email: 'new@x.example', name: 'New', upn: 'new@x.example' }),
    )
    expect([other.issuer, other.tid, other.oid]).toEqual([one.issuer, one.tid, one.oid])
  })

  test('names of whatever shape, for showing on one line', async () => {
    const claims = { name: `A\u0000\n\u202eB${'x'.repeat(500)}`, preferred_username: ['no'] }
    const person = await stage.signIn(withClaims(claims))
    expect(person.name).toMatch(/^A Bx{253}$/)
    expect(person.userName).toBe('')
  })
})

describe('begin()', () => {
  test('asks for a code with S256, state and nonce, whatever discovery says of PKCE', async () => {
    stage.idp.bend = { discovery: (document) => ({ ...document, code_challenge_methods_supported: ['plain'] }) }
    const { url, pending } = await stage
      .relyingParty()
      .begin({ prompt: 'login', maxAgeSeconds: 0, loginHint: 'a@b.example' })
    const asked = Object.fromEntries(new URL(url).searchParams)
    expect(asked).toMatchObject({
      response_type: 'code',
      response_mode: 'query',
      redirect_uri: redirectUri,
      scope: 'openid profile',
      code_challenge_method: 'S256',
      state: pending.state,
      nonce: pending.nonce,
      prompt: 'login',
      max_age: '0',
      login_hint: 'a@b.example',
    })
    expect(url).not.toContain(pending.codeVerifier)
  })

  test('never hands out the same secrets twice', async () => {
    const party = stage.relyingParty()
    const [one, other] = [(await party.begin()).pending, (await party.begin()).pending]
    const secrets = [one, other].flatMap(({ state, nonce, codeVerifier }) => [state, nonce, codeVerifier])
    expect(new Set(secrets).size).toBe(6)
  })
})

test('finish() sends the code with its verifier, once, and asks nothing but the token endpoint and the keys', async () => {
  await stage.signIn({})
  const [sent] = stage.idp.tokenRequests
  expect(sent?.get('code_verifier')).toMatch(/^[\w-]{43}$/)
  expect(sent?.get('redirect_uri')).toBe(redirectUri)
  expect(stage.idp.asked.map((path) => path.split('/').at(-1))).toEqual(['openid-configuration', 'token', 'keys'])
})

// Whether a pending sign-in was used before is the caller's to know; Entra knows it of the code.
test('finish() refuses the same answer a second time', async () => {
  const party = stage.relyingParty()
  const { url, pending } = await party.begin()
  const callbackUrl = stage.idp.signIn(url)
  await party.finish({ callbackUrl, pending })
  expect((await refusalOf(party.finish({ callbackUrl, pending }))).detail['why']).toBe('code')
})

describe('what Entra published', () => {
  test('is asked for once for many sign-ins at once, and again after an hour', async () => {
    let offsetMs = 0
    const party = stage.relyingParty({ now: () => Date.now() + offsetMs })
    await Promise.all([party.begin(), party.begin(), party.begin()])
    expect(stage.idp.asked).toHaveLength(1)
    offsetMs = 3_600_001
    await party.begin()
    expect(stage.idp.asked).toHaveLength(2)
  })

  test('is asked for again after it could not be had', async () => {
    const party = stage.relyingParty()
    stage.idp.bend = { answerDiscovery: (response) => json(response, 503, {}) }
    await refusalOf(party.begin())
    stage.idp.bend = {}
    expect((await party.begin()).url).toContain('/authorize?')
  })

  test('serves the next sign-in too: keys are read once', async () => {
    const party = stage.relyingParty()
    for (const _ of [1, 2]) {
      const { url, pending } = await party.begin()
      await party.finish({ callbackUrl: stage.idp.signIn(url), pending })
    }
    expect(stage.idp.asked.filter((path) => path.endsWith('/keys'))).toHaveLength(1)
  })
})

test('finish() goes by the time it is given', async () => {
  const offsetMs = 2 * 3_600_000
  const refused = await refusalOf(stage.signIn({ options: { now: () => Date.now() + offsetMs } }))
  expect(refused.detail['why']).toBe('exp')
})

describe('entraSignIn() refuses', () => {
  test.each([
    ['plain http to another machine', 'http://login.example.com/organizations'],
    ['personal accounts', 'https://login.microsoftonline.com/common'],
    ['personal accounts alone', 'https://login.microsoftonline.com/consumers'],
    ['no tenant', 'https://login.microsoftonline.com'],
    ['more than a tenant', 'https://login.microsoftonline.com/organizations/v2.0'],
    ['a query', 'https://login.microsoftonline.com/organizations?x=1'],
    ['a login', 'https://a:b@login.microsoftonline.com/organizations'],
    ['no address', 'login.microsoftonline.com'],
  ])('an authority with %s', (_what, authority) => {
    expect(() => stage.relyingParty({ authority })).toThrow(/^TENANTATLAS_ENTRA_AUTHORITY must be like/)
  })

  test.each(['http://atlas.example.com/callback', 'https://atlas.example.com/callback?x=1', '/callback'])(
    'to be answered at %s',
    (answeredAt) => {
      expect(() => stage.relyingParty({ redirectUri: answeredAt })).toThrow(/TENANTATLAS_PUBLIC_URL/)
    },
  )
})
