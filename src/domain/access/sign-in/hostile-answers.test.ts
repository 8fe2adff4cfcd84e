/* What a sign-in refuses, one bent answer at a time. Each case names the check that has to catch it. */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { entraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import type { EntraSignInOptions, SignInWishes } from '#domain/access/sign-in/entra-sign-in.ts'
import type { PersonIdentity } from '#domain/access/sign-in/identity.ts'
import type { PendingSignIn } from '#domain/access/sign-in/pending.ts'
import {
  encode,
  givenHostileIdp,
  hostileTenant,
  json,
  victim,
  withHmac,
} from '#domain/access/sign-in/testing-hostile-idp.ts'
import type { Bend, Claims, HostileIdp } from '#domain/access/sign-in/testing-hostile-idp.ts'
import { Failure } from '#foundation/kernel/failure.ts'

const clientId = '7c0b7c39-5a7e-4c4a-9d0f-3f4a6f1d2c3b'
const redirectUri = 'http://127.0.0.1:4780/sign-in/callback'
const otherTenant = 'e1a9c2d4-7b65-4f3e-8d21-0c9b8a7f6e5d'

let idp: HostileIdp

beforeAll(async () => {
  idp = await givenHostileIdp()
})
afterAll(() => idp[Symbol.asyncDispose]())
beforeEach(() => {
  idp.bend = {}
  idp.asked.length = 0
  idp.tokenRequests.length = 0
})

interface Case extends Bend {
  readonly options?: Partial<EntraSignInOptions>
  readonly wishes?: SignInWishes
  readonly callback?: (url: URL, idp: HostileIdp) => URL | string
  readonly pending?: (pending: PendingSignIn) => PendingSignIn
}

function relyingParty(options: Partial<EntraSignInOptions> = {}) {
  return entraSignIn({
    authority: `${idp.origin}/organizations`,
    clientId,
    credential: { kind: 'secret', secret: 'the-secret' },
    redirectUri,
    ...options,
  })
}

async function signIn({ options, wishes, callback, pending, ...bend }: Case): Promise<PersonIdentity> {
  const party = relyingParty(options)
  idp.bend = bend
  const begun = await party.begin(wishes)
  const back = idp.signIn(begun.url)
  const callbackUrl = callback?.(back, idp) ?? back
  return party.finish({ callbackUrl, pending: pending?.(begun.pending) ?? begun.pending })
}

async function refusalOf(attempt: Promise<unknown>): Promise<Failure> {
  const error = await attempt.then(
    () => new Error('nobody refused'),
    (refused: unknown) => refused,
  )
  if (error instanceof Failure) return error
  throw error
}

const now = () => Math.floor(Date.now() / 1_000)
const withClaims = (change: Claims): Case => ({ claims: (claims) => ({ ...claims, ...change }) })
const withoutClaim = (name: string): Case => ({
  claims: (claims) => Object.fromEntries(Object.entries(claims).filter(([one]) => one !== name)),
})
const withParameters = (change: Readonly<Record<string, string>>): Case => ({
  callback: (url) => {
    for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value)
    return url
  },
})
const asError = (error: string, description = ''): Case => ({
  callback: (url) => {
    url.searchParams.delete('code')
    url.searchParams.set('error', error)
    url.searchParams.set('error_description', description)
    return url
  },
})
const secondKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const weakKeys = generateKeyPairSync('rsa', { modulusLength: 1024 })

type Row = readonly [name: string, why: string, bent: Case]

const tokens: readonly Row[] = [
  ['alg none', 'alg', { idToken: (token) => `${encode({ alg: 'none' })}.${token.split('.')[1]}.` }],
  ['alg none with a signature', 'alg', { header: { alg: 'none' } }],
  ['HS256 under the public key', 'alg', { idToken: (token) => withHmac(token, idp.publicKeyPem) }],
  [
    'HS256 although discovery offers it',
    'alg',
    {
      discovery: (document) => ({ ...document, id_token_signing_alg_values_supported: ['HS256'] }),
      idToken: (token) => withHmac(token, 'the-secret'),
    },
  ],
  ['an unknown alg', 'alg', { header: { alg: 'RS1' } }],
  ['RS384, which is not on the list', 'alg', { header: { alg: 'RS384' } }],
  ['PS256 in the header of an RS256 signature', 'signature', { header: { alg: 'PS256' } }],
  ['an unknown kid', 'signature', { header: { kid: 'unknown' } }],
  ['the signature of another key', 'signature', { signWith: secondKeys.privateKey }],
  [
    'a key in its own header',
    'signature',
    { header: { jwk: secondKeys.publicKey.export({ format: 'jwk' }) }, signWith: secondKeys.privateKey },
  ],
  ['critical extensions', 'id_token', { header: { crit: ['exp'] } }],
  ['changed claims', 'signature', { idToken: (token) => tampered(token, { oid: otherTenant }) }],
  ['no signature', 'signature', { idToken: (token) => `${token.split('.').slice(0, 2).join('.')}.` }],
  ['two parts', 'id_token', { idToken: (token) => token.split('.').slice(0, 2).join('.') }],
  ['five parts', 'id_token', { idToken: (token) => `${token}.x.y` }],
  ['no JSON inside', 'id_token', { idToken: (token) => `${token.split('.')[0]}.e30x.AAAA` }],
  ['the issuer of nobody', 'iss', withClaims({ iss: 'https://evil.example/v2.0' })],
  ['the issuer of another tenant', 'iss', withClaims({ iss: `ORIGIN/${otherTenant}/v2.0` })],
  ['the tid of another tenant', 'iss', withClaims({ tid: otherTenant })],
  ['an issuer with the literal {tenantid}', 'iss', withClaims({ iss: 'ORIGIN/{tenantid}/v2.0' })],
  ['a tid of {tenantid}', 'tid', withClaims({ iss: 'ORIGIN/{tenantid}/v2.0', tid: '{tenantid}' })],
  ['an issuer of version 1', 'iss', withClaims({ iss: `https://sts.windows.net/${hostileTenant}/` })],
  ['a path in its tid', 'tid', withClaims({ tid: 'a/../b', iss: 'ORIGIN/a/../b/v2.0' })],
  ['no issuer', 'iss', withoutClaim('iss')],
  ['another audience', 'aud', withClaims({ aud: randomUUID() })],
  ['no audience', 'aud', withoutClaim('aud')],
  ['a second audience', 'aud', withClaims({ aud: [clientId, otherTenant] })],
  [
    'a second audience that claims to be authorized',
    'azp',
    withClaims({ aud: [clientId, otherTenant], azp: otherTenant }),
  ],
  ['a second audience authorized by us', 'aud', withClaims({ aud: [clientId, otherTenant], azp: clientId })],
  ['another authorized party', 'azp', withClaims({ azp: otherTenant })],
  ['version 1.0', 'ver', withClaims({ ver: '1.0' })],
  ['no nonce', 'nonce', withoutClaim('nonce')],
  ['another nonce', 'nonce', withClaims({ nonce: 'another' })],
  ['no end', 'exp', withoutClaim('exp')],
  ['an end in the past', 'exp', withClaims({ exp: now() - 61 })],
  ['an end that is a text', 'exp', withClaims({ exp: '9999999999' })],
  ['a beginning in the future', 'nbf', withClaims({ nbf: now() + 600 })],
  ['an issue in the future', 'iat', withClaims({ iat: now() + 600 })],
  ['an issue an hour ago', 'iat', withClaims({ iat: now() - 3_600 })],
  ['no issue', 'iat', withoutClaim('iat')],
  ['no subject', 'id_token', withoutClaim('sub')],
  ['no tid', 'iss', withoutClaim('tid')],
  ['no oid', 'oid', withoutClaim('oid')],
  ['an oid that is no id', 'oid', withClaims({ oid: victim.email })],
  ['an oid that is a list', 'oid', withClaims({ oid: [victim.oid] })],
  ['a tenant that is not allowed', 'tenant', { options: { allowedTenants: [otherTenant] } }],
  ['a personal account', 'tenant', withClaims(tenantClaims('9188040d-6c67-4c5b-b112-36a304b66dad'))],
  ['no time of proof though asked', 'auth_time', { ...withoutClaim('auth_time'), wishes: { maxAgeSeconds: 300 } }],
  ['a proof too long ago', 'auth_time', { ...withClaims({ auth_time: now() - 400 }), wishes: { maxAgeSeconds: 300 } }],
  ['a proof in the future', 'auth_time', { ...withClaims({ auth_time: now() + 600 }), wishes: { maxAgeSeconds: 300 } }],
  [
    'a time of proof that is a text',
    'auth_time',
    { ...withClaims({ auth_time: 'now' }), wishes: { maxAgeSeconds: 300 } },
  ],
]

const tokenAnswers: readonly Row[] = [
  ['no ID token', 'id_token', { idToken: () => undefined }],
  ['an ID token that is a number', 'id_token', { tokens: (body) => ({ ...body, id_token: 7 }) }],
  ['another type of token', 'id_token', { tokens: (body) => ({ ...body, token_type: 'mac' }) }],
  ['no access token', 'id_token', { tokens: ({ id_token: idToken }) => ({ id_token: idToken, token_type: 'Bearer' }) }],
  ['a list', 'id_token', { answerTokens: (response) => json(response, 200, []) }],
  [
    'another content type',
    'id_token',
    { answerTokens: (response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end('{}') },
  ],
  ['a refusal of the code', 'code', { answerTokens: (response) => json(response, 400, { error: 'invalid_grant' }) }],
  [
    'a challenge',
    'credential',
    {
      answerTokens: (response) =>
        void response
          .writeHead(401, { 'www-authenticate': 'Basic realm="x"', 'content-type': 'application/json' })
          .end('{}'),
    },
  ],
  ['a refusal of our secret', 'credential', { options: { credential: { kind: 'secret', secret: 'old' } } }],
]

const callbacks: readonly Row[] = [
  ['no state', 'state', { callback: without('state') }],
  ['another state', 'state', withParameters({ state: 'another' })],
  ['an empty state', 'state', withParameters({ state: '' })],
  ['no code', 'callback', { callback: without('code') }],
  ['an empty code', 'callback', withParameters({ code: '' })],
  ['an error beside the code', 'callback', withParameters({ error: 'access_denied' })],
  ['two codes', 'callback', { callback: (url) => `${url.href}&code=another` }],
  ['two states', 'callback', { callback: (url) => `${url.href}&state=another` }],
  ['two of what is not even used', 'callback', { callback: (url) => `${url.href}&session_state=y` }],
  ['a token in the query', 'callback', withParameters({ id_token: 'e30.e30.' })],
  ['an access token in the query', 'callback', withParameters({ access_token: 'x' })],
  ['a signed response', 'callback', withParameters({ response: 'e30.e30.' })],
  ['a token in the fragment', 'callback', { callback: (url) => `${url.href}#id_token=e30.e30.` }],
  ['another path', 'callback', { callback: (url) => url.href.replace('/sign-in/', '/elsewhere/') }],
  ['a path that climbs back', 'callback', { callback: (url) => url.href.replace('/callback', '/callback/more') }],
  ['another host', 'callback', { callback: (url) => url.href.replace('127.0.0.1', 'evil.example') }],
  ['another port', 'callback', { callback: (url) => url.href.replace(':4780', ':4781') }],
  ['https for http', 'callback', { callback: (url) => url.href.replace('http:', 'https:') }],
  ['a login in the address', 'callback', { callback: (url) => url.href.replace('//', '//a:b@') }],
  ['no address at all', 'callback', { callback: () => 'code=1&state=2' }],
  ['more than an address holds', 'callback', withParameters({ more: 'x'.repeat(20_000) })],
  ['the issuer of another service', 'mixed_up', withParameters({ iss: 'https://evil.example/v2.0' })],
  [
    'the literal issuer',
    'mixed_up',
    { callback: (url, { origin }) => `${url.href}&iss=${encodeURIComponent(`${origin}/{tenantid}/v2.0`)}` },
  ],
  [
    'the issuer of another tenant',
    'mixed_up',
    { callback: (url, { origin }) => `${url.href}&iss=${encodeURIComponent(`${origin}/${otherTenant}/v2.0`)}` },
  ],
  ['the code of somebody else', 'code', withParameters({ code: 'stolen' })],
  ['a cancelled sign-in', 'cancelled', asError('access_denied', 'AADSTS65004: User declined to consent')],
  ['an organization that consented to nothing', 'no_consent', asError('consent_required', 'AADSTS65001: no consent')],
  ['an administrator that is needed', 'no_consent', asError('access_denied', 'AADSTS90094: needs an admin')],
  [
    'an address that is not registered',
    'redirect_uri',
    asError('invalid_request', 'AADSTS50011: no such reply address'),
  ],
  ['any other error', 'entra', asError('interaction_required', 'AADSTS50076: <b>x</b>')],
  [
    'an error for another sign-in',
    'state',
    { callback: (url) => url.href.replace(/code=[^&]*/, 'error=access_denied').replace(/state=[^&]*/, 'state=x') },
  ],
]

const beginnings: readonly Row[] = [
  ['a beginning eleven minutes ago', 'pending_expired', { pending: startedSecondsAgo(660) }],
  ['a beginning in the future', 'pending_expired', { pending: startedSecondsAgo(-600) }],
  ['a beginning at no time', 'pending_expired', { pending: (pending) => ({ ...pending, startedAt: 'then' }) }],
  ['a verifier taken away', 'pending_broken', { pending: (pending) => ({ ...pending, codeVerifier: '' }) }],
  ['a nonce taken away', 'pending_broken', { pending: (pending) => ({ ...pending, nonce: '' }) }],
  [
    'a state taken away on both sides',
    'pending_broken',
    { pending: (pending) => ({ ...pending, state: '' }), ...withParameters({ state: '' }) },
  ],
  [
    'a maximum age that is no number',
    'pending_broken',
    { pending: (pending) => ({ ...pending, maxAgeSeconds: Number.NaN }) },
  ],
  ['the verifier of another sign-in', 'code', { pending: (pending) => ({ ...pending, codeVerifier: 'x'.repeat(43) }) }],
  ['the nonce of another sign-in', 'nonce', { pending: (pending) => ({ ...pending, nonce: 'x'.repeat(43) }) }],
]

const keys: readonly Row[] = [
  ['no keys', 'signature', { keys: () => [] }],
  [
    'a symmetric key of that name',
    'signature',
    { keys: () => [{ kty: 'oct', k: encode('the-secret'), kid: 'the-published-key' }] },
  ],
  ['a key for encryption', 'signature', { keys: ([key]) => [{ ...key, use: 'enc' }] }],
  ['a key for another alg', 'signature', { keys: ([key]) => [{ ...key, alg: 'PS256' }] }],
  ['two keys of one name', 'signature', { keys: ([key]) => [{ ...key }, { ...key }] }],
  [
    'a key too short to be safe',
    'id_token',
    {
      keys: () => [{ ...weakKeys.publicKey.export({ format: 'jwk' }), kid: 'the-published-key' }],
      signWith: weakKeys.privateKey,
    },
  ],
  ['keys that are no list', 'id_token', { answerKeys: (response) => json(response, 200, { keys: {} }) }],
]

function tampered(token: string, change: Claims): string {
  const [header, claims = '', signature] = token.split('.')
  const read = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Claims
  return `${header}.${encode({ ...read, ...change })}.${signature}`
}

function tenantClaims(tid: string): Claims {
  return { tid, iss: `ORIGIN/${tid}/v2.0` }
}

function without(name: string) {
  return (url: URL): URL => {
    url.searchParams.delete(name)
    return url
  }
}

function startedSecondsAgo(seconds: number) {
  return (pending: PendingSignIn): PendingSignIn => ({
    ...pending,
    startedAt: new Date(Date.now() - seconds * 1_000).toISOString(),
  })
}

/** The port is not known when the table is written. */
function atOrigin(bent: Case): Case {
  const { claims } = bent
  if (!claims) return bent
  return {
    ...bent,
    claims: (usual) => {
      const changed = claims(usual, idp)
      const { iss } = changed
      return typeof iss === 'string' ? { ...changed, iss: iss.replace('ORIGIN', idp.origin) } : changed
    },
  }
}

describe.each([
  ['an ID token with', tokens],
  ['a token endpoint that answers', tokenAnswers],
  ['a callback with', callbacks],
  ['a pending sign-in with', beginnings],
  ['published keys with', keys],
])('finish() refuses %s', (_what, rows) => {
  test.each(rows)('%s (%s)', async (_name, why, bent) => {
    const refused = await refusalOf(signIn(atOrigin(bent)))
    expect([refused.reason, refused.detail['why']]).toEqual(['authentication_failed', why])
    expect(refused.message).toMatch(/\.( \(AADSTS\d+\))?$/)
    const said = `${inspect(refused, { depth: 9 })}${JSON.stringify(refused)}`
    for (const secret of ['code-', 'eyJ', 'the-secret', 'an-access-token', victim.email, victim.oid, '<b>'])
      expect(said).not.toContain(secret)
  })
})

const elsewhere: readonly Row[] = [
  [
    'names a foreign token endpoint',
    'a foreign token_endpoint',
    { discovery: (document) => ({ ...document, token_endpoint: 'https://evil.example/token' }) },
  ],
  [
    'names a foreign sign-in page',
    'a foreign authorization_endpoint',
    { discovery: (document) => ({ ...document, authorization_endpoint: 'https://evil.example/authorize' }) },
  ],
  [
    'names foreign keys',
    'a foreign jwks_uri',
    { discovery: (document) => ({ ...document, jwks_uri: 'http://169.254.169.254/keys' }) },
  ],
  [
    'names an endpoint of another scheme',
    'a foreign token_endpoint',
    {
      discovery: (document, { origin }) => ({
        ...document,
        token_endpoint: `${origin.replace('http', 'https')}/token`,
      }),
    },
  ],
  [
    'names no token endpoint',
    'a foreign token_endpoint',
    { discovery: (document) => ({ ...document, token_endpoint: undefined }) },
  ],
  [
    'has the issuer of another service',
    'another issuer',
    { discovery: (document) => ({ ...document, issuer: 'https://evil.example/{tenantid}/v2.0' }) },
  ],
  [
    'has the issuer of one tenant for all',
    'another issuer',
    { discovery: (document, { origin }) => ({ ...document, issuer: `${origin}/${hostileTenant}/v2.0` }) },
  ],
  ['is a list', 'another issuer', { answerDiscovery: (response) => json(response, 200, []) }],
  ['is no JSON', 'not_json', { answerDiscovery: (response) => void response.end('<html>') }],
  [
    'redirects',
    'redirect',
    { answerDiscovery: (response) => void response.writeHead(302, { location: 'https://evil.example/' }).end() },
  ],
  ['never ends', 'too_large', { answerDiscovery: (response) => void response.end(' '.repeat(300_000)) }],
  ['is overloaded', 'overloaded', { answerDiscovery: (response) => json(response, 503, {}) }],
]

test.each(elsewhere)('begin() goes nowhere when discovery %s', async (_name, why, bent) => {
  const refused = await refusalOf(signIn(bent))
  expect([refused.reason, refused.detail['why']]).toEqual(['dependency_unreachable', why])
  expect(idp.tokenRequests).toEqual([])
})

const away: readonly Row[] = [
  [
    'keys that redirect',
    'redirect',
    { answerKeys: (response) => void response.writeHead(307, { location: '/elsewhere' }).end() },
  ],
  [
    'keys that are too many',
    'too_large',
    { answerKeys: (response) => json(response, 200, { keys: [], more: 'x'.repeat(300_000) }) },
  ],
  [
    'keys that are no JSON',
    'not_json',
    { answerKeys: (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"keys":[') },
  ],
  ['keys that never come', 'timeout', { answerKeys: () => undefined, options: { timeoutMs: 100 } }],
  [
    'keys of which only the beginning comes',
    'timeout',
    { answerKeys: (response) => void response.write('{"keys":'), options: { timeoutMs: 100 } },
  ],
  [
    'tokens that redirect',
    'redirect',
    { answerTokens: (response) => void response.writeHead(308, { location: 'https://evil.example/' }).end() },
  ],
  ['tokens that never come', 'timeout', { answerTokens: () => undefined, options: { timeoutMs: 100 } }],
  ['a connection that breaks', 'network', { answerTokens: (response) => void response.destroy() }],
  ['tokens that are no JSON', 'not_json', { answerTokens: (response) => void response.end('<html>proxy</html>') }],
  ['too many requests', 'overloaded', { answerTokens: (response) => json(response, 429, {}) }],
  ['an error of the service', 'overloaded', asError('temporarily_unavailable')],
]

test.each(away)('finish() says that Entra is not there on %s', async (_name, why, bent) => {
  const refused = await refusalOf(signIn(bent))
  expect([refused.reason, refused.detail['why']]).toEqual(['dependency_unreachable', why])
  expect(refused.message).toMatch(/^(Microsoft Entra|What answers)/)
})

describe('finish() accepts', () => {
  test('what Entra answers: the person by issuer, tenant and object id', async () => {
    expect(await signIn({})).toEqual({
      issuer: `${idp.origin}/${hostileTenant}/v2.0`,
      tid: hostileTenant,
      oid: victim.oid,
      name: 'Vic Tim',
      userName: victim.email,
      authTime: null,
      amr: [],
    })
  })

  test('the answer of who says rightly that they answer', async () => {
    const callback = (url: URL) => `${url.href}&iss=${encodeURIComponent(`${idp.origin}/${hostileTenant}/v2.0`)}`
    expect((await signIn({ callback })).oid).toBe(victim.oid)
  })

  test('a single audience in a list, and ids in capitals as the same ids', async () => {
    const claims = (usual: Claims) => ({ ...usual, aud: [clientId], oid: victim.oid.toUpperCase() })
    expect((await signIn({ claims })).oid).toBe(victim.oid)
  })

  test('a tenant that is on the list, in whatever case', async () => {
    const options = { allowedTenants: [otherTenant, hostileTenant.toUpperCase()] }
    expect((await signIn({ options })).tid).toBe(hostileTenant)
  })

  test('a proof as recent as asked for, and says when and how it was', async () => {
    const at = now() - 250
    const claims = (usual: Claims) => ({ ...usual, auth_time: at, amr: ['pwd', 'mfa', 7] })
    const person = await signIn({ claims, wishes: { maxAgeSeconds: 300 } })
    expect([person.authTime, person.amr]).toEqual([new Date(at * 1_000), ['pwd', 'mfa']])
  })

  test('another person who took the same e-mail address, as another person', async () => {
    const attacker = randomUUID()
    const thief = await signIn({ claims: (usual) => ({ ...usual, ...tenantAt(otherTenant), oid: attacker }) })
    const owner = await signIn({})
    expect(thief.userName).toBe(owner.userName)
    expect([thief.issuer, thief.tid, thief.oid]).toEqual([`${idp.origin}/${otherTenant}/v2.0`, otherTenant, attacker])
    expect([owner.issuer, owner.tid, owner.oid]).not.toEqual([thief.issuer, thief.tid, thief.oid])
  })

  test('the same person under another subject, name and address, as the same person', async () => {
    const one = await signIn({})
    const other = await signIn(
      withClaims({ sub: 'changed', email: 'new@x.example', name: 'New', upn: 'new@x.example' }),
    )
    expect([other.issuer, other.tid, other.oid]).toEqual([one.issuer, one.tid, one.oid])
  })

  test('names of whatever shape, for showing on one line', async () => {
    const claims = { name: `A\u0000\n\u202eB${'x'.repeat(500)}`, preferred_username: ['no'] }
    const person = await signIn(withClaims(claims))
    expect(person.name).toMatch(/^A Bx{253}$/)
    expect(person.userName).toBe('')
  })
})

function tenantAt(tid: string): Claims {
  return { tid, iss: `${idp.origin}/${tid}/v2.0` }
}

describe('begin()', () => {
  test('asks for a code with S256, state and nonce, whatever discovery says of PKCE', async () => {
    idp.bend = { discovery: (document) => ({ ...document, code_challenge_methods_supported: ['plain'] }) }
    const { url, pending } = await relyingParty().begin({ prompt: 'login', maxAgeSeconds: 0, loginHint: 'a@b.example' })
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
    const party = relyingParty()
    const [one, other] = [(await party.begin()).pending, (await party.begin()).pending]
    const secrets = [one, other].flatMap(({ state, nonce, codeVerifier }) => [state, nonce, codeVerifier])
    expect(new Set(secrets).size).toBe(6)
  })
})

test('finish() sends the code with its verifier, once, and asks nothing but the token endpoint and the keys', async () => {
  await signIn({})
  const [sent] = idp.tokenRequests
  expect(sent?.get('code_verifier')).toMatch(/^[\w-]{43}$/)
  expect(sent?.get('redirect_uri')).toBe(redirectUri)
  expect(idp.asked.map((path) => path.split('/').at(-1))).toEqual(['openid-configuration', 'token', 'keys'])
})

// Whether a pending sign-in was used before is the caller's to know; Entra knows it of the code.
test('finish() refuses the same answer a second time', async () => {
  const party = relyingParty()
  const { url, pending } = await party.begin()
  const callbackUrl = idp.signIn(url)
  await party.finish({ callbackUrl, pending })
  expect((await refusalOf(party.finish({ callbackUrl, pending }))).detail['why']).toBe('code')
})

describe('what Entra published', () => {
  test('is asked for once for many sign-ins at once, and again after an hour', async () => {
    let offsetMs = 0
    const party = relyingParty({ now: () => Date.now() + offsetMs })
    await Promise.all([party.begin(), party.begin(), party.begin()])
    expect(idp.asked).toHaveLength(1)
    offsetMs = 3_600_001
    await party.begin()
    expect(idp.asked).toHaveLength(2)
  })

  test('is asked for again after it could not be had', async () => {
    const party = relyingParty()
    idp.bend = { answerDiscovery: (response) => json(response, 503, {}) }
    await refusalOf(party.begin())
    idp.bend = {}
    expect((await party.begin()).url).toContain('/authorize?')
  })

  test('serves the next sign-in too: keys are read once', async () => {
    const party = relyingParty()
    for (const _ of [1, 2]) {
      const { url, pending } = await party.begin()
      await party.finish({ callbackUrl: idp.signIn(url), pending })
    }
    expect(idp.asked.filter((path) => path.endsWith('/keys'))).toHaveLength(1)
  })
})

test('finish() goes by the time it is given', async () => {
  const offsetMs = 2 * 3_600_000
  const refused = await refusalOf(signIn({ options: { now: () => Date.now() + offsetMs } }))
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
    expect(() => relyingParty({ authority })).toThrow(/^TENANTATLAS_ENTRA_AUTHORITY must be like/)
  })

  test.each(['http://atlas.example.com/callback', 'https://atlas.example.com/callback?x=1', '/callback'])(
    'to be answered at %s',
    (answeredAt) => {
      expect(() => relyingParty({ redirectUri: answeredAt })).toThrow(/TENANTATLAS_PUBLIC_URL/)
    },
  )
})
