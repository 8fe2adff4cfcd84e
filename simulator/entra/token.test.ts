import { createHash, createPrivateKey, constants, randomUUID, sign, X509Certificate } from 'node:crypto'
import type { Configuration, INetworkModule, NetworkRequestOptions } from '@azure/msal-node'
import { ConfidentialClientApplication } from '@azure/msal-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { selfSignedCertificate } from '../http/self-signed-certificate.ts'
import { askToken, createTestClient, useSimulator } from '../testing.ts'

const simulator = useSimulator({
  tenants: [
    { name: 'Contoso', policies: 50 },
    { name: 'Fabrikam', policies: 50 },
  ],
})

let certificate: { key: string; cert: string }
let certified: { clientId: string }

beforeAll(async () => {
  certificate = await selfSignedCertificate('app.example')
  certified = await simulator.control.registerApp('Contoso', {
    name: 'certified',
    permissions: ['DeviceManagementApps.Read.All'],
    certificatePem: certificate.cert,
  })
})

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
}

describe('the token endpoint', () => {
  it('gives a token with tenant, app and roles', async () => {
    const { token } = await simulator.client()
    const [reader] = simulator.tenant.apps
    expect(claimsOf(token)).toMatchObject({
      aud: 'https://graph.microsoft.com',
      tid: simulator.tenant.id,
      appid: reader?.clientId,
      roles: reader?.permissions,
    })
  })

  it('leaves roles out where nothing is consented', async () => {
    await simulator.control.registerApp('Contoso', { name: 'bare', permissions: [] })
    expect(claimsOf((await simulator.client('bare')).token)).not.toHaveProperty('roles')
  })

  it('knows the tenant by its domain too', async () => {
    const [reader] = simulator.tenant.apps
    const given = { client_id: reader?.clientId ?? '', client_secret: reader?.secret ?? '' }
    expect((await askToken(simulator.url, simulator.tenant.domain, given)).status).toBe(200)
  })

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 7000215],
    ['an unknown app', { client_id: randomUUID() }, 400, 700016],
    ['a scope that is not .default', { scope: 'https://graph.microsoft.com/User.Read' }, 400, 1002012],
    ['another grant', { grant_type: 'password' }, 400, 70003],
  ])('refuses %s', async (_what, given, status, code) => {
    const [reader] = simulator.tenant.apps
    const usual = { client_id: reader?.clientId ?? '', client_secret: reader?.secret ?? '' }
    const answer = await askToken(simulator.url, simulator.tenant.id, { ...usual, ...given })
    expect([answer.status, answer.body['error_codes']]).toEqual([status, [code]])
    expect(answer.body['error_description']).toMatch(new RegExp(`^AADSTS${code}: `))
  })

  it('refuses an unknown tenant, and an app of another one', async () => {
    const [reader] = simulator.tenant.apps
    const given = { client_id: reader?.clientId ?? '', client_secret: reader?.secret ?? '' }
    expect((await askToken(simulator.url, randomUUID(), given)).body['error_codes']).toEqual([90002])
    expect((await askToken(simulator.url, 'Fabrikam', given)).body['error_codes']).toEqual([700016])
  })

  it('fails as a fault plan says', async () => {
    await simulator.control.setFaults({
      faults: [{ match: { kind: 'token' }, effect: { kind: 'tokenError', code: 7000222 } }],
    })
    const [reader] = simulator.tenant.apps
    const given = { client_id: reader?.clientId ?? '', client_secret: reader?.secret ?? '' }
    expect((await askToken(simulator.url, simulator.tenant.id, given)).body['error_codes']).toEqual([7000222])
    expect((await askToken(simulator.url, simulator.tenant.id, given)).status).toBe(200)
  })
})

describe('a client assertion', () => {
  interface Forged {
    readonly alg?: 'PS256' | 'RS256'
    readonly claims?: Record<string, unknown>
    readonly header?: Record<string, unknown>
    readonly key?: string
  }

  function assertion({ alg = 'PS256', claims = {}, header = {}, key = certificate.key }: Forged = {}): string {
    const now = Math.floor(Date.now() / 1000)
    const thumbprint = createHash('sha256').update(new X509Certificate(certificate.cert).raw).digest('base64url')
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const aud = `https://${new URL(simulator.url).host}/${simulator.tenant.id}/oauth2/v2.0/token`
    const usual = { aud, iss: certified.clientId, sub: certified.clientId, jti: randomUUID(), nbf: now, exp: now + 300 }
    const signed = `${encode({ alg, typ: 'JWT', 'x5t#S256': thumbprint, ...header })}.${encode({ ...usual, ...claims })}`
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    const privateKey = { key: createPrivateKey(key), ...(alg === 'PS256' ? pss : {}) }
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
  }

  async function codeOf(text: string): Promise<unknown> {
    const form = {
      client_id: certified.clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: text,
    }
    const { status, body } = await askToken(simulator.url, simulator.tenant.id, form)
    return status === 200 ? 'token' : (body['error_codes'] as number[])[0]
  }

  it('is accepted signed by PS256 or RS256, named by either thumbprint', async () => {
    const sha1 = createHash('sha1').update(new X509Certificate(certificate.cert).raw).digest('base64url')
    expect(await codeOf(assertion())).toBe('token')
    expect(await codeOf(assertion({ alg: 'RS256', header: { 'x5t#S256': undefined, x5t: sha1 } }))).toBe('token')
  })

  it('is accepted once', async () => {
    const text = assertion()
    expect([await codeOf(text), await codeOf(text)]).toEqual(['token', 700021])
  })

  it.each([
    ['another audience', { aud: 'https://login.microsoftonline.com/common' }, 700023],
    ['another issuer', { iss: randomUUID() }, 700023],
    ['another subject', { sub: randomUUID() }, 700023],
    ['no id', { jti: undefined }, 700023],
    ['an end in the past', { exp: 1 }, 700024],
    ['a beginning in the future', { nbf: 99_999_999_999 }, 700024],
  ])('with %s is refused', async (_what, claims, code) => {
    expect(await codeOf(assertion({ claims }))).toBe(code)
  })

  it('signed by another key, or naming another certificate, is refused', async () => {
    const other = await selfSignedCertificate('other.example')
    expect(await codeOf(assertion({ key: other.key }))).toBe(700027)
    expect(await codeOf(assertion({ header: { 'x5t#S256': 'AAAA' } }))).toBe(700027)
  })
})

describe('an access token', () => {
  it('is refused when it is missing, changed, or over', async () => {
    const { token } = await simulator.client()
    const [header, , signature] = token.split('.')
    const forged = Buffer.from(JSON.stringify({ ...claimsOf(token), roles: ['All'] })).toString('base64url')
    expect((await createTestClient(simulator.url, '').get('/beta/organization')).status).toBe(401)
    expect(
      (await createTestClient(simulator.url, `${header}.${forged}.${signature}`).get('/beta/organization')).status,
    ).toBe(401)
    await simulator.control.changeSettings({ clockOffsetMs: 3_600_000 })
    const late = await createTestClient(simulator.url, token).get('/beta/organization')
    await simulator.control.changeSettings({ clockOffsetMs: 0 })
    expect([late.status, late.error.code]).toEqual([401, 'InvalidAuthenticationToken'])
  })
})

/** msal-node insists on https: this takes its requests to the simulator's plain port, as a client must. */
function plainNetwork(): INetworkModule {
  const send = async (method: string, url: string, options: NetworkRequestOptions = {}) => {
    const response = await fetch(url.replace('https:', 'http:'), {
      method,
      headers: { ...options.headers, 'x-forwarded-proto': 'https' },
      ...(options.body === undefined ? {} : { body: options.body }),
    })
    return {
      headers: Object.fromEntries(response.headers),
      body: (await response.json()) as never,
      status: response.status,
    }
  }
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  }
}

describe('msal-node', () => {
  async function rolesWith(auth: Configuration['auth']): Promise<unknown> {
    const host = new URL(simulator.url).host
    const application = new ConfidentialClientApplication({
      auth: { authority: `https://${host}/${simulator.tenant.id}`, knownAuthorities: [host], ...auth },
      system: { networkClient: plainNetwork() },
    })
    const result = await application.acquireTokenByClientCredential({
      scopes: ['https://graph.microsoft.com/.default'],
    })
    return claimsOf(result?.accessToken ?? '')['roles']
  }

  it('gets a token with a secret, through discovery on the plain port', async () => {
    const [reader] = simulator.tenant.apps
    const roles = await rolesWith({ clientId: reader?.clientId ?? '', clientSecret: reader?.secret ?? '' })
    expect(roles).toEqual(reader?.permissions)
  })

  it('gets a token with a certificate', async () => {
    const thumbprintSha256 = createHash('sha256').update(new X509Certificate(certificate.cert).raw).digest('hex')
    const clientCertificate = { thumbprintSha256, privateKey: certificate.key, x5c: certificate.cert }
    expect(await rolesWith({ clientId: certified.clientId, clientCertificate })).toEqual([
      'DeviceManagementApps.Read.All',
    ])
  })
})
