/* Sign-in through the pages of the simulated Entra, as a browser goes. */
import { beforeEach, expect, test } from 'vitest'
import { homePeople, homeTenant, signInApps } from '../../../../simulator/people.ts'
import { useSimulator } from '../../../../simulator/testing.ts'
import { locationOf, signInAs, submit } from '../../../../simulator/testing-sign-in.ts'
import { createCertificate } from '#domain/connections/create-certificate.ts'
import { entraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import type { EntraSignInOptions, SignInWishes } from '#domain/access/sign-in/entra-sign-in.ts'
import { Failure } from '#foundation/kernel/failure.ts'

const simulator = useSimulator({ homeTenant: true, tenants: [{ name: 'Contoso', policies: 50 }] })
const { signIn } = signInApps
const { owner } = homePeople

beforeEach(async () => {
  await simulator.control.clearFaults()
  await simulator.control.changeSettings({ clockOffsetMs: 0 })
})

function relyingParty(options: Partial<EntraSignInOptions> = {}) {
  return entraSignIn({
    authority: `${simulator.url}/organizations`,
    clientId: signIn.clientId,
    credential: { kind: 'secret', secret: signIn.secret },
    redirectUri: 'http://localhost:4780/sign-in/callback',
    ...options,
  })
}

async function personOf(options: Partial<EntraSignInOptions> = {}, wishes: SignInWishes = {}, who = owner.objectId) {
  const party = relyingParty(options)
  const { url, pending } = await party.begin(wishes)
  return party.finish({ callbackUrl: await signInAs(url, who), pending })
}

async function whyNot(attempt: Promise<unknown>): Promise<unknown> {
  const error: unknown = await attempt.catch((refused: unknown) => refused)
  return error instanceof Failure ? [error.reason, error.detail['why']] : error
}

test('a person of the home tenant signs in', async () => {
  expect(await personOf()).toEqual({
    issuer: `${simulator.url}/${homeTenant.id}/v2.0`,
    tid: homeTenant.id,
    oid: owner.objectId,
    name: owner.name,
    userName: owner.userName,
    authTime: null,
    amr: ['pwd'],
  })
})

test('a person of another tenant signs in as one of that tenant', async () => {
  const [priya] = await simulator.control.people('Contoso')
  const person = await personOf({}, {}, priya?.id)
  expect([person.issuer, person.oid]).toEqual([`${simulator.url}/${simulator.tenant.id}/v2.0`, priya?.id])
})

test('an authority of one tenant takes its people alone', async () => {
  const authority = `${simulator.url}/${homeTenant.id}`
  expect((await personOf({ authority })).tid).toBe(homeTenant.id)
  const { url } = await relyingParty({ authority }).begin()
  const [priya] = await simulator.control.people('Contoso')
  expect((await submit(url, { person: priya?.id ?? '' })).status).toBe(200)
})

test('a tenant that is not allowed is refused', async () => {
  expect(await whyNot(personOf({ allowedTenants: [simulator.tenant.id] }))).toEqual(['authentication_failed', 'tenant'])
})

test('the application proves itself by a certificate', async () => {
  const { privateKeyPem, certificatePem } = await createCertificate('sign-in')
  const app = await simulator.control.registerApp(homeTenant.name, {
    name: 'certified',
    permissions: [],
    certificatePem,
    isMultiTenant: true,
    redirectUris: ['http://localhost/sign-in/callback'],
  })
  const credential = { kind: 'certificate', privateKeyPem, certificatePem } as const
  expect((await personOf({ clientId: app.clientId, credential })).oid).toBe(owner.objectId)
})

test('a step-up says when the person proved themselves, and refuses a proof that is too old', async () => {
  const before = Date.now() - 1_000
  const { authTime } = await personOf({}, { maxAgeSeconds: 300, prompt: 'login' })
  expect(authTime?.getTime()).toBeGreaterThanOrEqual(before)

  const party = relyingParty()
  const { url, pending } = await party.begin({ maxAgeSeconds: 300 })
  await simulator.control.changeSettings({ clockOffsetMs: -480_000 })
  const callbackUrl = await signInAs(url)
  await simulator.control.changeSettings({ clockOffsetMs: 0 })
  expect(await whyNot(party.finish({ callbackUrl, pending }))).toEqual(['authentication_failed', 'auth_time'])
})

test('a person who cancels is told so', async () => {
  const party = relyingParty()
  const { url, pending } = await party.begin()
  const callbackUrl = locationOf(await submit(url, { action: 'deny' }))
  await expect(party.finish({ callbackUrl, pending })).rejects.toThrow(/cancelled at Microsoft.*\(AADSTS65004\)/)
})

test('a code that was used is refused', async () => {
  const party = relyingParty()
  const { url, pending } = await party.begin()
  const callbackUrl = await signInAs(url)
  await party.finish({ callbackUrl, pending })
  expect(await whyNot(party.finish({ callbackUrl, pending }))).toEqual(['authentication_failed', 'code'])
})

test('an expired secret of the application is named as what it is', async () => {
  await simulator.control.setFaults({
    faults: [{ match: { kind: 'token' }, effect: { kind: 'tokenError', code: 7000222 } }],
  })
  await expect(personOf()).rejects.toThrow(/TENANTATLAS_ENTRA_CLIENT_SECRET.*\(AADSTS7000222\)$/)
})

test.each([
  ['discovery', '/**/openid-configuration', 'signIn', { kind: 'status', status: 503 }, 'overloaded'],
  ['the keys', '/**/keys', 'signIn', { kind: 'html', status: 200 }, 'not_json'],
  ['the keys, endlessly,', '/**/keys', 'signIn', { kind: 'endlessBody' }, 'too_large'],
  ['the token', '/**/token', 'token', { kind: 'reset', when: 'beforeApply' }, 'network'],
] as const)('Entra that fails on %s is said to be away', async (_what, path, kind, effect, why) => {
  await simulator.control.setFaults({ faults: [{ match: { kind, path }, effect }] })
  expect(await whyNot(personOf())).toEqual(['dependency_unreachable', why])
})
