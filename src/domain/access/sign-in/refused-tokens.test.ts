/* Tokens and keys that are refused, each by the check its row names. */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { describe, test } from 'vitest'
import {
  clientId,
  expectRefusal,
  now,
  otherTenant,
  tenantClaims,
  useHostileIdp,
  withClaims,
  withoutClaim,
} from '#domain/access/sign-in/testing-bent-sign-in.ts'
import type { Row } from '#domain/access/sign-in/testing-bent-sign-in.ts'
import { encode, hostileTenant, json, victim, withHmac } from '#domain/access/sign-in/testing-hostile-idp.ts'
import type { Claims } from '#domain/access/sign-in/testing-hostile-idp.ts'

const stage = useHostileIdp()
const secondKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const weakKeys = generateKeyPairSync('rsa', { modulusLength: 1024 })

const tokens: readonly Row[] = [
  ['alg none', 'alg', { idToken: (token) => `${encode({ alg: 'none' })}.${token.split('.')[1]}.` }],
  ['alg none with a signature', 'alg', { header: { alg: 'none' } }],
  ['HS256 under the public key', 'alg', { idToken: (token) => withHmac(token, stage.idp.publicKeyPem) }],
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

describe.each([
  ['an ID token with', tokens],
  ['a token endpoint that answers', tokenAnswers],
  ['published keys with', keys],
])('finish() refuses %s', (_what, rows) => {
  test.each(rows)('%s (%s)', (_name, why, bent) => expectRefusal(stage.signIn(bent), why))
})
