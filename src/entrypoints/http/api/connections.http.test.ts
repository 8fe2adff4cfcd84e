import { X509Certificate } from 'node:crypto'
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { signInApps } from '../../../../simulator/people.ts'
import { createCertificate } from '#domain/connections/create-certificate.ts'
import { credentialSecrets } from '#domain/connections/credential-secrets.ts'
import { openGraphClient } from '#domain/connections/open-graph-client.ts'
import { findTenant } from '#domain/workspaces/find-tenant.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { readerAt, useConnectLab, type Office } from '#entrypoints/http/api/connect-lab-testing.ts'
import { procedures } from '#entrypoints/http/api/methods-at.ts'

const lab = useConnectLab()
const clientId = '3b4e7c1d-0000-4000-8000-000000000001'
const secret = 'kX8Q~correct.horse.battery.staple'

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

let office: Office
let connection: string

/** A tenant of the workspace with the Entra id of a simulated one. */
async function addTenant(name = 'Contoso', entraTenantId = lab.simulator.tenant.id): Promise<string> {
  const { body } = await office.send('POST', '/tenants', { name, entraTenantId })
  return `/tenants/${(body as { id: string }).id}/connection`
}

beforeEach(async () => {
  office = await lab.office()
  connection = await addTenant()
})

describe('PUT connection', () => {
  test('stores what is given, and answers it without what is secret', async () => {
    expect(await office.send('GET', connection)).toMatchObject({
      status: 404,
      body: { reason: 'not_found', detail: '"Contoso" is not connected yet.' },
    })
    const set = await office.send('PUT', connection, {
      reader: { kind: 'secret', clientId, secret, expiresAt: inDays(5) },
      writer: { kind: 'federated', clientId },
    })
    expect(set).toMatchObject({
      status: 200,
      body: {
        cloud: 'global',
        graphUrl: 'https://graph.microsoft.com',
        credentials: [
          { purpose: 'reader', kind: 'secret', clientId, warnings: [{ kind: 'expires_soon', withinDays: 7 }] },
          { purpose: 'writer', kind: 'federated', thumbprint: null },
        ],
      },
    })
    const shown = await office.send('GET', connection, undefined, await office.person('readonly'))
    expect(shown).toMatchObject({ status: 200, body: set.body })
    for (const { text } of [set, shown]) expect(text).not.toMatch(/horse|sealed|wrapped/)
    expect(await office.audited()).toEqual(['tenant.add', 'connection.set'])
  })

  test('takes a certificate with its key, and shows its thumbprint', async () => {
    const pair = await createCertificate('TenantAtlas test')
    const reader = { kind: 'certificate', clientId, ...pair }
    const thumbprint = new X509Certificate(pair.certificatePem).fingerprint256.replaceAll(':', '').toLowerCase()
    const set = await office.send('PUT', connection, { endpoints: { cloud: 'china' }, reader })
    expect(set).toMatchObject({ status: 200, body: { cloud: 'china', credentials: [{ thumbprint }] } })
    expect(set.text).not.toContain('PRIVATE KEY')
    const other = await createCertificate('TenantAtlas other')
    const mixed = { ...reader, certificatePem: other.certificatePem }
    expect(await office.send('PUT', connection, { reader: mixed })).toMatchObject({
      status: 400,
      body: { detail: 'The private key does not belong to the certificate.' },
    })
  })

  test('refuses what makes no connection, and says nothing of the secret in it', async () => {
    const reader = { kind: 'secret', clientId, secret }
    const refusals = [
      [{}, 400],
      [{ writer: reader }, 409],
      [{ reader: { ...reader, clientId: 'no id' } }, 400],
      [{ reader: { ...reader, password: secret } }, 400],
      [{ reader: { ...reader, kind: secret } }, 400],
      [{ reader: { ...reader, secret: '' } }, 400],
      [{ reader, endpoints: { cloud: 'custom', authorityUrl: 'http://evil.example', graphUrl: 'x' } }, 409],
    ] as const
    for (const [body, status] of refusals) {
      const answer = await office.send('PUT', connection, body)
      expect([body, answer.status]).toEqual([body, status])
      expect(answer.text).not.toContain('horse')
    }
    await office.send('PUT', connection, { reader })
    const { url } = lab.simulator
    const endpoints = { cloud: 'custom', authorityUrl: url, graphUrl: url }
    expect(await office.send('PUT', connection, { endpoints })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("Give the reader's credential again") },
    })
  })

  test('asks for a proof that is a few minutes old, like all that changes a credential', async () => {
    await lab.database.owner
      .updateTable('sessions')
      .set({ authenticated_at: sql`clock_timestamp() - interval '6 minutes'` })
      .execute()
    for (const [method, path] of [
      ['PUT', connection],
      ['POST', `${connection}/certificate`],
      ['POST', `${connection}/remove`],
    ] as const)
      expect(await office.send(method, path, {})).toMatchObject({ status: 401, body: { reason: 'step_up_required' } })
  })
})

test('POST certificate answers the public half only, by which the app signs in from now on', async () => {
  const made = await office.send('POST', `${connection}/certificate`, { app: 'reader', clientId })
  expect(made.status).toBe(200)
  expect(made.text).not.toContain('PRIVATE KEY')
  const { certificatePem, thumbprint, expiresAt } = made.body as Record<string, string>
  const certificate = new X509Certificate(certificatePem ?? '')
  expect(certificate.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(thumbprint)
  expect(certificate.subject).toBe('CN=TenantAtlas reader: Contoso')
  expect(await office.send('GET', connection)).toMatchObject({
    body: { credentials: [{ purpose: 'reader', kind: 'certificate', thumbprint, expiresAt }] },
  })
})

test('GET needs names the permissions of reader and writer, and what each is for', async () => {
  const { body } = await office.send('GET', `${connection}/needs`)
  const { items } = body as { items: { app: string; permission: string; neededFor: string[] }[] }
  const of = (app: string) => items.filter((one) => one.app === app).map(({ permission }) => permission)
  expect(of('reader')).toContain('GroupMember.Read.All')
  expect(of('reader').some((permission) => permission.includes('ReadWrite'))).toBe(false)
  expect(of('writer')).toContain('DeviceManagementConfiguration.ReadWrite.All')
  expect(items.every(({ neededFor }) => neededFor.length > 0)).toBe(true)
})

test('POST remove asks for the name of the tenant, then forgets the connection', async () => {
  await office.send('PUT', connection, { reader: { kind: 'secret', clientId, secret } })
  expect(await office.send('POST', `${connection}/remove`, { confirm: 'contoso' })).toMatchObject({ status: 400 })
  expect((await office.send('GET', connection)).status).toBe(200)
  expect((await office.send('POST', `${connection}/remove`, { confirm: 'Contoso' })).status).toBe(200)
  expect((await office.send('GET', connection)).status).toBe(404)
  expect((await office.send('POST', `${connection}/remove`, { confirm: 'Contoso' })).status).toBe(404)
  expect(await office.audited()).toEqual(['tenant.add', 'connection.set', 'connection.remove'])
})

describe('GET verification', () => {
  const verified = async () => {
    const started = await office.send('POST', `${connection}/verify`, {}, await office.person('operator'))
    expect(started).toMatchObject({ status: 202, body: { disposition: 'created' } })
    return office.ended((started.body as { run: string }).run)
  }
  const report = () => office.send('GET', `${connection}/verification`, undefined, manager())
  const manager = () => office.manager

  test('says what a tenant grants: what is needed, what is missing, what is too much', async () => {
    expect(await report()).toMatchObject({ status: 404, body: { detail: expect.stringContaining('never verified') } })
    const reader = appOf('reader')
    await office.send('PUT', connection, { ...readerAt(lab.simulator), reader: await reader })
    expect(await verified()).toMatchObject({ outcome: 'succeeded' })
    const { status, body } = await report()
    expect(status).toBe(200)
    expect(body).toMatchObject({
      isCurrent: true,
      organization: 'Contoso',
      run: { type: 'connection.verify', outcome: 'succeeded' },
      graph: { state: 'passed' },
      intune: { state: 'passed' },
      licence: 'present',
      reader: { warnings: [], token: { state: 'passed' }, excess: ['DeviceManagementRBAC.Read.All'] },
      writer: { warnings: null, token: { state: 'not_checked' }, excess: null },
    })
    const { permissions } = (body as { reader: { permissions: { permission: string; state: string }[] } }).reader
    expect(permissions.length).toBeGreaterThan(4)
    expect(new Set(permissions.map(({ state }) => state))).toEqual(new Set(['granted']))
    expect(permissions).toContainEqual({
      permission: 'GroupMember.Read.All',
      state: 'granted',
      neededFor: ['Names of groups'],
    })
    await office.send('PUT', connection, { writer: { kind: 'secret', clientId, secret } })
    expect((await report()).body).toMatchObject({ isCurrent: false })
  })

  test('says where it stopped when the app gets no token', async () => {
    await office.send('PUT', connection, {
      ...readerAt(lab.simulator),
      reader: { kind: 'secret', clientId: signInApps.reader.clientId, secret, expiresAt: inDays(200.5) },
    })
    expect(await verified()).toMatchObject({ outcome: expect.stringMatching(/^(failed|blocked)$/) })
    const { body, text } = await report()
    expect(body).toMatchObject({
      reader: {
        warnings: [{ kind: 'long_secret', lifeDays: 200, longerThanDays: 180 }],
        token: { state: 'failed', message: expect.stringContaining('sign in as the reader') },
        excess: null,
      },
      graph: { state: 'not_checked' },
      licence: 'unknown',
    })
    expect(text).not.toContain('horse')
  })
})

/** The app of that name in the simulated tenant. */
async function appOf(name: string) {
  const view = (await lab.simulator.control.tenants()).find(({ id }) => id === lab.simulator.tenant.id)
  const app = view?.apps.find((one) => one.name === name)
  return { kind: 'secret', clientId: app?.clientId, secret: app?.secret }
}

test('a process that serves calls every procedure of connections, and can open nothing it seals', async () => {
  const called = new Set<string>()
  const call = async (name: string, path: string, body?: object) => {
    const { method = '' } = procedures.find((one) => one.name === `connections.${name}`) ?? {}
    called.add(`connections.${name}`)
    const answer = await office.send(method, `${connection}${path}`, body)
    expect([name, answer.status < 300]).toEqual([name, true])
    return answer
  }
  await call('set', '', readerAt(lab.simulator))
  await call('get', '')
  await call('needs', '/needs')
  await call('certificate', '/certificate', { app: 'writer', clientId })
  await call('consent', '/consent', { app: 'reader' })
  const { body } = await call('verify', '/verify', {})
  await office.ended((body as { run: string }).run)
  await call('report', '/verification')

  const ref = /tenants\/([^/]+)/.exec(connection)?.[1] ?? ''
  const tenant = await findTenant(lab.database.db, office.ctx, ref)
  const sealed = await inWorkspace(lab.database.db, tenant, (tx) =>
    credentialSecrets(tx, tenant, { after: null, limit: 10 }),
  )
  expect(sealed.length).toBe(2)
  for (const { stored, place } of sealed)
    expect(() => lab.opener.open(stored, place)).toThrow(expect.objectContaining({ reason: 'missing_configuration' }))
  const limits = { requestsPerWindow: 100, writesPerWindow: 10, share: 1 }
  const deps = { ...lab.api, readFederatedToken: async () => '', limits }
  await expect(openGraphClient(deps, tenant)).rejects.toThrow('permission denied for table credentials')

  await call('remove', '/remove', { confirm: 'Contoso' })
  expect([...called].toSorted((a, b) => a.localeCompare(b))).toEqual(
    procedures
      .map(({ name }) => name)
      .filter((name) => name.startsWith('connections.'))
      .toSorted((a, b) => a.localeCompare(b)),
  )
})
