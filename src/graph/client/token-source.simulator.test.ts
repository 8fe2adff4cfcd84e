import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { generate } from 'selfsigned'
import { describe, expect, test } from 'vitest'
import { noAbort } from '#graph/client/testing.ts'
import type { FaultInput } from '#graph/client/simulator-testing.ts'
import { secretOf, useSimulator } from '#graph/client/simulator-testing.ts'

const sim = useSimulator({ policies: 20, seed: 3 })

describe('row 22: tokens', () => {
  test('a token that is refused once is renewed once, in silence', async () => {
    await sim.faults({ match: {}, effect: { kind: 'status', status: 401 } })
    expect((await sim.client().reader.readFilters({ signal: noAbort })).state).toBe('complete')
    expect((await sim.requests()).map(({ status }) => status)).toEqual([401, 200])
    expect(await sim.tokens()).toHaveLength(2)
  })

  test('tokens that are always refused end the reading of everything after one renewal', async () => {
    await sim.faults({ match: {}, count: null, effect: { kind: 'status', status: 401 } })
    const client = sim.client()
    for (let round = 0; round < 10; round += 1) {
      const filters = await client.reader.readFilters({ signal: noAbort })
      expect(filters).toMatchObject({
        state: 'failed',
        problem: { code: 'graph_unauthorized', reason: 'authentication_failed' },
      })
    }
    expect(await sim.tokens()).toHaveLength(2)
    expect(await sim.requests()).toHaveLength(2)
  })

  test('a wrong secret is said once to the token endpoint and in a sentence that helps to people', async () => {
    const client = sim.client({
      credentials: { reader: { ...secretOf(sim.tenant, 'reader'), secret: 'not-the-secret' } },
    })
    for (let round = 0; round < 10; round += 1) {
      const found = await client.reader.readOrganization({ signal: noAbort })
      expect(found).toMatchObject({
        state: 'unread',
        problem: {
          code: 'graph_unauthorized',
          reason: 'authentication_failed',
          graphCode: 'AADSTS7000215',
          message: expect.stringContaining('secret value'),
        },
      })
    }
    expect(await sim.tokens()).toHaveLength(1)
    expect(await sim.requests()).toEqual([])
  })

  test.each([
    [700027, 'certificate'],
    [65001, 'admin consent'],
    [7000222, 'expired'],
    [99999, 'AADSTS99999'],
  ])('AADSTS%i is kept and explained', async (code, words) => {
    await sim.faults({ match: { kind: 'token' }, count: null, effect: { kind: 'tokenError', code } })
    const found = await sim.client().reader.readOrganization({ signal: noAbort })
    expect(found).toMatchObject({
      state: 'unread',
      problem: { graphCode: `AADSTS${code}`, message: expect.stringContaining(words) },
    })
    expect(await sim.tokens()).toHaveLength(1)
  })

  test.each<[string, FaultInput['effect'], number]>([
    ['down', { kind: 'status', status: 503 }, 3],
    ['cut off', { kind: 'reset', when: 'beforeApply' }, 3],
    ['an HTML page', { kind: 'html' }, 3],
  ])('a token endpoint that is %s is unreachable, after at most three requests', async (_, effect, most) => {
    await sim.faults({ match: { kind: 'token' }, count: null, effect })
    const client = sim.client({ timeouts: { tokenMs: 200 } })
    const all = await Promise.all(Array.from({ length: 20 }, () => client.reader.readOrganization({ signal: noAbort })))
    for (const found of all) expect(found).toMatchObject({ state: 'unread', problem: { code: 'graph_unavailable' } })
    expect((await sim.tokens()).length).toBeLessThanOrEqual(most)
    expect(await sim.requests()).toEqual([])
  })

  test('a token is asked for once by many readers, and again shortly before its end', async () => {
    await sim.control.changeSettings({ tokenLifetimeSeconds: 3_600 })
    const client = sim.client()
    await Promise.all(Array.from({ length: 20 }, () => client.reader.readOrganization({ signal: noAbort })))
    expect(await sim.tokens()).toHaveLength(1)
    await sim.clock.sleep(54 * 60_000, noAbort)
    await client.reader.readOrganization({ signal: noAbort })
    expect(await sim.tokens()).toHaveLength(1)
    await sim.clock.sleep(2 * 60_000, noAbort)
    await client.reader.readOrganization({ signal: noAbort })
    expect(await sim.tokens()).toHaveLength(2)
  })

  test('a token that expired meanwhile, by a clock that ran ahead, is renewed', async () => {
    const client = sim.client({ clock: { ...sim.clock, now: () => 0 } })
    await client.reader.readOrganization({ signal: noAbort })
    await sim.clock.sleep(2 * 3_600_000, noAbort)
    expect(await client.reader.readOrganization({ signal: noAbort })).toMatchObject({ state: 'read' })
    expect(await sim.tokens()).toHaveLength(2)
  })

  test('a certificate signs in as well as a secret, and one the tenant does not know is refused', async () => {
    const [known, unknown] = [await givenCertificate(), await givenCertificate()]
    const app = await sim.control.registerApp(sim.tenant.id, {
      name: 'by certificate',
      permissions: ['DeviceManagementServiceConfig.Read.All'],
      certificatePem: known.certificatePem,
    })
    const signIn = (certificate: typeof known) =>
      sim
        .client({ credentials: { reader: { kind: 'certificate', clientId: app.clientId, ...certificate } } })
        .reader.readOrganization({ signal: noAbort })
    expect(await signIn(known)).toMatchObject({ state: 'read' })
    expect(await signIn(unknown)).toMatchObject({
      state: 'unread',
      problem: { code: 'graph_unauthorized', graphCode: 'AADSTS700027' },
    })
  })

  test('a token of the platform signs in where its issuer and subject are trusted, and is read again each time', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const publicKeyPem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
    const trust = { issuer: 'https://oidc.example.com/cluster', subject: 'system:serviceaccount:atlas:worker' }
    const app = await sim.control.registerApp(sim.tenant.id, {
      name: 'by federation',
      permissions: ['DeviceManagementServiceConfig.Read.All'],
      federated: { ...trust, publicKeyPem },
    })
    let reads = 0
    const signIn = (claims: Record<string, unknown>) => {
      const readAssertion = async () => {
        reads += 1
        return platformToken(privateKey, { iss: trust.issuer, sub: trust.subject, ...claims })
      }
      const reader = { kind: 'federated', clientId: app.clientId, readAssertion } as const
      return sim.client({ credentials: { reader } }).reader.readOrganization({ signal: noAbort })
    }
    expect(await signIn({})).toMatchObject({ state: 'read' })
    expect(await signIn({})).toMatchObject({ state: 'read' })
    expect(reads).toBe(2)
    const refused = [
      { sub: 'system:serviceaccount:atlas:other' },
      { iss: 'https://elsewhere.example.com' },
      { aud: 'x' },
    ]
    for (const claims of refused)
      expect(await signIn(claims)).toMatchObject({ state: 'unread', problem: { graphCode: 'AADSTS700213' } })
    expect(await signIn({ exp: 1 })).toMatchObject({ state: 'unread', problem: { graphCode: 'AADSTS700024' } })
  })

  test('a credential that is none is refused like any other, and making the client does not throw', async () => {
    const reader = { kind: 'secret', clientId: '', secret: '' } as const
    const found = await sim.client({ credentials: { reader } }).reader.readOrganization({ signal: noAbort })
    expect(found).toMatchObject({ state: 'unread', problem: { reason: 'authentication_failed' } })
  })
})

/** As a platform gives it to the programs on it. */
function platformToken(privateKey: KeyObject, claims: Record<string, unknown>): string {
  const all = { aud: 'api://AzureADTokenExchange', exp: Math.floor(Date.now() / 1000) + 3_600, ...claims }
  const parts = [{ alg: 'RS256', typ: 'JWT' }, all]
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}

async function givenCertificate() {
  const made = await generate([{ name: 'commonName', value: 'reader' }], { keySize: 2048, algorithm: 'sha256' })
  const thumbprintSha256 = new X509Certificate(made.cert).fingerprint256.replaceAll(':', '')
  return { privateKeyPem: made.private, certificatePem: made.cert, thumbprintSha256 }
}
