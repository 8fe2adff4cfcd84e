/* Answers through the browser, and beginnings, that are refused, each by the check its row names. */
import { describe, expect, test } from 'vitest'
import type { PendingSignIn } from '#domain/access/sign-in/pending.ts'
import {
  asError,
  expectRefusal,
  otherTenant,
  useHostileIdp,
  withParameters,
} from '#domain/access/sign-in/testing-bent-sign-in.ts'
import type { Row } from '#domain/access/sign-in/testing-bent-sign-in.ts'

const stage = useHostileIdp()

/** Refused before the code goes anywhere. */
const untouched: readonly Row[] = [
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

/** Refused by what the token endpoint answers. */
const redeemed: readonly Row[] = [
  [
    'the issuer of another tenant',
    'mixed_up',
    { callback: (url, { origin }) => `${url.href}&iss=${encodeURIComponent(`${origin}/${otherTenant}/v2.0`)}` },
  ],
  ['the code of somebody else', 'code', withParameters({ code: 'stolen' })],
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

describe('finish() refuses a callback with', () => {
  test.each(untouched)('%s (%s), and sends its code nowhere', async (_name, why, bent) => {
    await expectRefusal(stage.signIn(bent), why)
    expect(stage.idp.tokenRequests).toEqual([])
  })

  test.each(redeemed)('%s (%s)', (_name, why, bent) => expectRefusal(stage.signIn(bent), why))
})

describe('finish() refuses a pending sign-in with', () => {
  test.each(beginnings)('%s (%s)', (_name, why, bent) => expectRefusal(stage.signIn(bent), why))
})
