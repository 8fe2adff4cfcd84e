import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSealer } from '#foundation/crypto/seal.ts'
import type { Sealer } from '#foundation/crypto/seal.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { splitPem } from '#domain/connections/certificate.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import type { ConnectTenantInput } from '#domain/connections/connect-tenant.ts'
import { createCertificate } from '#domain/connections/create-certificate.ts'
import { connectionOf, credentialsOf } from '#domain/connections/connections.store.ts'
import { openSecret } from '#domain/connections/seal-credential.ts'
import { showConnection } from '#domain/connections/show-connection.ts'

const secret = 'kX8Q~correct.horse.battery.staple'
const clientId = '3b4e7c1d-0000-4000-8000-000000000001'
const reader = { kind: 'secret', clientId, secret } as const
const refusal = (reason: string, text: string) =>
  expect.objectContaining({ reason, message: expect.stringContaining(text) })

describe('connectTenant()', () => {
  const database = useTestDatabase()
  let folder: string
  let sealer: Sealer
  let ctx: TenantContext

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seal-'))
    sealer = createSealer({ keyFile: join(folder, 'key') })
  })
  afterAll(() => rm(folder, { recursive: true }))
  beforeEach(async () => {
    ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  })

  const connect = (input: ConnectTenantInput, to = ctx) => connectTenant({ db: database.db, sealer }, to, input)
  const storedOf = (tenant: TenantContext) =>
    database.owner.transaction().execute(async (tx) => {
      const connection = await connectionOf(tx, tenant)
      const [credential] = await credentialsOf(tx, tenant)
      if (connection === undefined || credential === undefined) throw new Error('not connected')
      return { connectionId: connection.connectionId, credential }
    })

  test('stores no secret in clear, and shows none', async () => {
    await connect({ endpoints: { cloud: 'china' }, reader })
    expect(await showConnection(database.db, ctx)).toMatchObject({
      cloud: 'china',
      graphUrl: 'https://microsoftgraph.chinacloudapi.cn',
      credentials: [{ purpose: 'reader', kind: 'secret', clientId, thumbprint: null }],
    })
    const { credential } = await storedOf(ctx)
    expect(credential.sealed).not.toContain(secret)
    expect(JSON.stringify(await showConnection(database.db, ctx))).not.toContain('sealed')
    const audit = await database.owner
      .selectFrom('audit_entries')
      .where('workspace_id', '=', ctx.workspaceId)
      .selectAll()
      .execute()
    expect(audit.map(({ action }) => action)).toEqual(['connection.set'])
    expect(JSON.stringify(audit)).not.toContain(secret)
  })

  test('seals a secret for its own place: moved to another tenant it does not open', async () => {
    await connect({ reader })
    const { connectionId, credential } = await storedOf(ctx)
    const place = { ...ctx, connectionId, purpose: 'reader' as const }
    expect(openSecret(sealer, credential.sealed, place)).toEqual({ secret })
    const other = await givenTenant(database.db, ctx)
    for (const moved of [
      { ...place, tenantId: other.tenantId },
      { ...place, purpose: 'writer' as const },
    ]) {
      expect(() => openSecret(sealer, credential.sealed, moved)).toThrow('does not open')
    }
  })

  test('changes nothing when told what it knows, so the last verification keeps its meaning', async () => {
    expect(await connect({ endpoints: { cloud: 'global' }, reader })).toBe(true)
    const before = await showConnection(database.db, ctx)
    expect(await connect({ endpoints: { cloud: 'global' }, reader })).toBe(false)
    expect(await connect({ reader: { ...reader, clientId: clientId.toUpperCase() } })).toBe(false)
    expect(await showConnection(database.db, ctx)).toEqual(before)
    expect(await connect({ reader: { ...reader, secret: `${secret}!` } })).toBe(true)
  })

  test('keeps what is not given: a writer is added without touching the reader', async () => {
    await connect({ endpoints: { cloud: 'usGovL4' }, reader })
    await connect({ writer: { kind: 'secret', clientId: crypto.randomUUID(), secret: 'other' } })
    const connection = await showConnection(database.db, ctx)
    expect(connection?.cloud).toBe('usGovL4')
    expect(connection?.credentials.map(({ purpose }) => purpose)).toEqual(['reader', 'writer'])
  })

  test('sends no stored credential to other addresses: it has to be given again', async () => {
    const writer = { kind: 'secret', clientId: crypto.randomUUID(), secret: 'other' } as const
    await connect({ endpoints: { cloud: 'global' }, reader, writer })
    const before = await showConnection(database.db, ctx)
    const elsewhere = { cloud: 'custom', authorityUrl: 'https://login.test', graphUrl: 'https://graph.test' } as const
    const refused = refusal('invalid_input', "Give the writer's credential again")
    await expect(connect({ endpoints: elsewhere })).rejects.toThrow(refusal('invalid_input', 'credential again'))
    await expect(connect({ endpoints: elsewhere, reader })).rejects.toThrow(refused)
    expect(await showConnection(database.db, ctx)).toEqual(before)
    expect(await connect({ endpoints: elsewhere, reader, writer })).toBe(true)
  })

  test('takes a certificate and says when it ends and what its thumbprint is', async () => {
    const pair = await createCertificate('TenantAtlas test')
    await connect({ reader: { kind: 'certificate', clientId, ...pair } })
    const [credential] = (await showConnection(database.db, ctx))?.credentials ?? []
    expect(credential?.thumbprint).toMatch(/^[0-9a-f]{64}$/)
    const days = ((credential?.expiresAt?.getTime() ?? 0) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(365)
    expect(splitPem(`${pair.certificatePem}\n${pair.privateKeyPem}`)).toMatchObject({
      certificatePem: expect.stringContaining('BEGIN CERTIFICATE'),
    })
  })

  test('refuses a key that does not belong to the certificate', async () => {
    const [one, other] = [await createCertificate('one'), await createCertificate('other')]
    const mixed = { privateKeyPem: one.privateKeyPem, certificatePem: other.certificatePem }
    await expect(connect({ reader: { kind: 'certificate', clientId, ...mixed } })).rejects.toThrow(
      refusal('invalid_input', 'does not belong'),
    )
    expect(await showConnection(database.db, ctx)).toBeNull()
  })

  test('refuses a writer without a reader, a malformed client id, an empty secret and an endpoint without https', async () => {
    await expect(connect({ writer: reader })).rejects.toThrow(refusal('missing_configuration', 'needs a reader'))
    await expect(connect({ reader: { ...reader, clientId: 'my-app' } })).rejects.toThrow(
      refusal('invalid_input', 'my-app'),
    )
    await expect(connect({ reader: { ...reader, secret: '' } })).rejects.toThrow(refusal('invalid_input', 'empty'))
    const plain = {
      cloud: 'custom',
      authorityUrl: 'http://login.example.com',
      graphUrl: 'https://graph.example.com',
    } as const
    await expect(connect({ endpoints: plain, reader })).rejects.toThrow(refusal('missing_configuration', 'https'))
    expect(await showConnection(database.db, ctx)).toBeNull()
  })

  test('lets a credential be set anew after the key was lost', async () => {
    await connect({ reader })
    const otherKey = createSealer({ keyFile: join(folder, 'other') })
    expect(await connectTenant({ db: database.db, sealer: otherKey }, ctx, { reader })).toBe(true)
    const { connectionId, credential } = await storedOf(ctx)
    expect(openSecret(otherKey, credential.sealed, { ...ctx, connectionId, purpose: 'reader' })).toEqual({ secret })
  })
})
