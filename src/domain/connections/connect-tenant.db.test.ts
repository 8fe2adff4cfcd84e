import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { splitPem } from '#foundation/crypto/split-pem.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import type { NewCredential } from '#domain/connections/connection.ts'
import { givenSealingKey, testOpener } from '#domain/keys/keys-testing.ts'
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
  let ctx: TenantContext

  beforeAll(() => givenSealingKey(database.owner))
  beforeEach(async () => {
    ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  })

  const connect = (input: ConnectTenantInput, to = ctx) => connectTenant({ db: database.db }, to, input)
  const storedOf = (tenant: TenantContext) =>
    database.owner.transaction().execute(async (tx) => {
      const connection = await connectionOf(tx, tenant)
      const [credential] = await credentialsOf(tx, tenant)
      if (connection === undefined || !credential?.stored) throw new Error('not connected')
      return { connectionId: connection.connectionId, stored: credential.stored }
    })

  test('stores no secret in clear, and shows none', async () => {
    await connect({ endpoints: { cloud: 'china' }, reader })
    expect(await showConnection(database.db, ctx)).toMatchObject({
      cloud: 'china',
      graphUrl: 'https://microsoftgraph.chinacloudapi.cn',
      credentials: [{ purpose: 'reader', kind: 'secret', clientId, thumbprint: null }],
    })
    const { stored } = await storedOf(ctx)
    expect(JSON.stringify(stored)).not.toContain(secret)
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
    const { connectionId, stored } = await storedOf(ctx)
    const { workspaceId, tenantId } = ctx
    const place = { workspaceId, tenantId, connectionId, purpose: 'reader' as const }
    expect(openSecret(testOpener, stored, place)).toEqual({ secret })
    const other = await givenTenant(database.db, ctx)
    for (const moved of [
      { ...place, tenantId: other.tenantId },
      { ...place, purpose: 'writer' as const },
    ]) {
      expect(() => openSecret(testOpener, stored, moved)).toThrow('does not open')
    }
  })

  test.each<[string, () => Promise<NewCredential>]>([
    ['a certificate', async () => ({ kind: 'certificate', clientId, ...(await createCertificate('TenantAtlas')) })],
    ['a federated credential', async () => ({ kind: 'federated', clientId })],
  ])('changes nothing when told what it knows of %s, so the last verification keeps its meaning', async (_, make) => {
    const given = await make()
    expect(await connect({ endpoints: { cloud: 'global' }, reader: given })).toBe(true)
    const before = await showConnection(database.db, ctx)
    expect(await connect({ endpoints: { cloud: 'global' }, reader: given })).toBe(false)
    expect(await connect({ reader: { ...given, clientId: clientId.toUpperCase() } })).toBe(false)
    expect(await showConnection(database.db, ctx)).toEqual(before)
    expect(await connect({ reader: { ...given, clientId: crypto.randomUUID() } })).toBe(true)
  })

  test('takes a client secret for a new one: what is stored cannot be read here', async () => {
    await connect({ reader })
    const before = await storedOf(ctx)
    expect(await connect({ reader })).toBe(true)
    expect((await storedOf(ctx)).stored.wrappedKey).not.toBe(before.stored.wrappedKey)
  })

  test('keeps nothing of a federated credential but who it is', async () => {
    await connect({ reader: { kind: 'federated', clientId } })
    const rows = await database.owner
      .selectFrom('credentials')
      .where('tenant_id', '=', ctx.tenantId)
      .selectAll()
      .execute()
    expect(rows).toMatchObject([{ kind: 'federated', sealed: null, wrapped_key: null, key_version: null }])
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
})
