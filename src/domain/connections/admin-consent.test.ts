import { describe, expect, test } from 'vitest'
import { signInApps } from '../../../simulator/people.ts'
import { askToken, useSimulator } from '../../../simulator/testing.ts'
import { locationOf, submit } from '../../../simulator/testing-sign-in.ts'
import { adminConsentLink, readAdminConsentAnswer } from '#domain/connections/admin-consent.ts'
import { Failure } from '#foundation/kernel/failure.ts'

const simulator = useSimulator({
  homeTenant: true,
  tenants: [
    { name: 'Contoso', policies: 50 },
    { name: 'Fabrikam', policies: 50 },
  ],
})

const { reader } = signInApps
const redirectUri = 'http://localhost:4780/connections/consent'
const tenantId = 'e1a9c2d4-7b65-4f3e-8d21-0c9b8a7f6e5d'
const expected = { redirectUri, state: 'the state', tenantId }

const linkIn = (id: string) =>
  adminConsentLink({
    authority: simulator.url,
    clientId: reader.clientId,
    tenantId: id,
    redirectUri,
    state: 'the state',
  })

test('an administrator who follows the link and accepts gives the app its roles', async () => {
  const { id } = simulator.tenant
  const callbackUrl = locationOf(await submit(linkIn(id), { action: 'accept' }))
  expect(readAdminConsentAnswer(callbackUrl, { ...expected, tenantId: id.toUpperCase() })).toEqual({
    tenantId: id,
    scope: 'https://graph.microsoft.com/.default',
  })
  const given = { client_id: reader.clientId, client_secret: reader.secret }
  expect((await askToken(simulator.url, id, given)).status).toBe(200)
})

test('an administrator who cancels is told of, and nothing is granted', async () => {
  const fabrikam = (await simulator.control.tenants()).find(({ name }) => name === 'Fabrikam')?.id ?? ''
  const callbackUrl = locationOf(await submit(linkIn(fabrikam), { action: 'cancel' }))
  expect(refusalOf(String(callbackUrl), { ...expected, tenantId: fabrikam })).toEqual([
    'permission_denied',
    'The administrator did not consent, so nothing was granted. Ask again when they will. (AADSTS65004)',
  ])
  const given = { client_id: reader.clientId, client_secret: reader.secret }
  expect((await askToken(simulator.url, fabrikam, given)).status).toBe(400)
})

function refusalOf(callbackUrl: string, wanted = expected): readonly [reason: string, message: string] {
  try {
    readAdminConsentAnswer(callbackUrl, wanted)
  } catch (error) {
    if (error instanceof Failure) return [error.reason, error.message]
    throw error
  }
  return ['none', '']
}

const answer = (change: Readonly<Record<string, string | undefined>> = {}) => {
  const usual = { admin_consent: 'True', tenant: tenantId, state: 'the state' }
  const pairs = Object.entries({ ...usual, ...change }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return `${redirectUri}?${new URLSearchParams(pairs).toString()}`
}

describe('readAdminConsentAnswer()', () => {
  test('takes what Entra answers', () => {
    expect(readAdminConsentAnswer(answer(), expected)).toEqual({ tenantId, scope: null })
  })

  test.each([
    ['no state', answer({ state: undefined })],
    ['another state', answer({ state: 'another' })],
    ['an error for another state', answer({ error: 'access_denied', state: 'another' })],
    ['no consent', answer({ admin_consent: undefined })],
    ['a consent that is none', answer({ admin_consent: 'False' })],
    ['no tenant', answer({ tenant: undefined })],
    ['a tenant that is no id', answer({ tenant: 'organizations' })],
    ['two tenants', `${answer()}&tenant=${tenantId}`],
    ['a fragment', `${answer()}#tenant=x`],
    ['another path', answer().replace('/consent', '/elsewhere')],
    ['another host', answer().replace('localhost', 'evil.example')],
    ['no address', 'admin_consent=True'],
  ])('refuses %s', (_what, callbackUrl) => {
    const [reason, message] = refusalOf(callbackUrl)
    expect(reason).toBe('invalid_state')
    expect(message).toMatch(/Ask for consent again\.$/)
  })

  test('refuses an empty state, whatever the answer says', () => {
    expect(refusalOf(answer({ state: '' }), { ...expected, state: '' })[0]).toBe('invalid_state')
  })

  test('names both tenants when another one consented', () => {
    const other = '0b3c1f7a-6f0a-4a53-9f1e-8a7b6c5d4e3f'
    const [reason, message] = refusalOf(answer({ tenant: other }))
    expect(reason).toBe('invalid_state')
    expect(message).toContain(`in the tenant ${other}, not in ${tenantId}`)
  })

  test('repeats the number of an error and none of its words', () => {
    const [reason, message] = refusalOf(
      answer({ error: 'server_error', error_description: 'AADSTS90099: <b>call me</b>' }),
    )
    expect(reason).toBe('permission_denied')
    expect(message).toMatch(/\(AADSTS90099\)$/)
    expect(message).not.toContain('call me')
  })
})

describe('adminConsentLink()', () => {
  const request = {
    authority: 'https://login.microsoftonline.com/organizations',
    clientId: tenantId,
    tenantId,
    redirectUri,
    state: 's',
  }

  test('leads to the consent page of the tenant', () => {
    const url = new URL(adminConsentLink({ ...request, scope: 'https://graph.microsoft.us/.default' }))
    expect(`${url.origin}${url.pathname}`).toBe(`https://login.microsoftonline.com/${tenantId}/v2.0/adminconsent`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: tenantId,
      redirect_uri: redirectUri,
      state: 's',
      scope: 'https://graph.microsoft.us/.default',
    })
  })

  test.each([
    ['a tenant that would be another page', { tenantId: '../evil' }, 'invalid_input'],
    ['a client that is no id', { clientId: '' }, 'invalid_input'],
    ['plain http to another machine', { authority: 'http://login.example.com' }, 'missing_configuration'],
    ['an address of ours without encryption', { redirectUri: 'http://atlas.example.com/x' }, 'missing_configuration'],
  ])('refuses %s', (_what, change, reason) => {
    expect(() => adminConsentLink({ ...request, ...change })).toThrow(expect.objectContaining({ reason }))
  })
})
