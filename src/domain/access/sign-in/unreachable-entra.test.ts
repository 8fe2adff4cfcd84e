/* Who answers in the place of Entra, or does not: never followed, waited for or believed without end. */
import { expect, test } from 'vitest'
import { asError, refusalOf, useHostileIdp } from '#domain/access/sign-in/testing-bent-sign-in.ts'
import type { Row } from '#domain/access/sign-in/testing-bent-sign-in.ts'
import { hostileTenant, json } from '#domain/access/sign-in/testing-hostile-idp.ts'

const stage = useHostileIdp()

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
  const refused = await refusalOf(stage.signIn(bent))
  expect([refused.reason, refused.detail['why']]).toEqual(['dependency_unreachable', why])
  expect(stage.idp.tokenRequests).toEqual([])
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
  const refused = await refusalOf(stage.signIn(bent))
  expect([refused.reason, refused.detail['why']]).toEqual(['dependency_unreachable', why])
  expect(refused.message).toMatch(/^(Microsoft Entra|What answers)/)
})
