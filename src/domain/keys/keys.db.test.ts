import { createCipheriv, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { credentialSecrets } from '#domain/connections/credential-secrets.ts'
import { checkSecrets } from '#domain/keys/check-secrets.ts'
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { givenKeyPlace } from '#domain/keys/keys-testing.ts'
import { listKeys } from '#domain/keys/list-keys.ts'
import { retireKey } from '#domain/keys/retire-key.ts'
import { rewrapSecrets } from '#domain/keys/rewrap-secrets.ts'
import { rotateKey } from '#domain/keys/rotate-key.ts'
import { sealingKey } from '#domain/keys/sealing-key.ts'
import { addChannel } from '#domain/notifications/add-channel.ts'
import { privateFile } from '#foundation/crypto/key-files.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'
import { createOpener } from '#foundation/crypto/open.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { untilOneWaits } from '#foundation/db/lock-waits-testing.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'

const database = useTestDatabase()
let keys: KeyPlace

beforeEach(async () => {
  // Keys and secrets are the installation's, which every test has anew.
  for (const table of ['credentials', 'channel_secrets', 'encryption_keys'] as const)
    await database.owner.deleteFrom(table).execute()
  keys = givenKeyPlace()
})

const refusal = (reason: string, text: string) =>
  expect.objectContaining({ reason, message: expect.stringContaining(text) })

async function givenConnected(secret: string): Promise<TenantContext> {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  await connectTenant({ db: database.db }, ctx, { reader: { kind: 'secret', clientId: crypto.randomUUID(), secret } })
  return ctx
}

async function secretRow(ctx: TenantContext) {
  const page = { after: null, limit: 100 }
  const secrets = await inWorkspace(database.db, ctx, (tx) => credentialSecrets(tx, ctx, page))
  const found = secrets.find(({ place }) => place.includes(ctx.tenantId))
  if (found === undefined) throw new TypeError('not connected')
  return found
}

async function readerOf(ctx: TenantContext): Promise<unknown> {
  const { stored, place } = await secretRow(ctx)
  return JSON.parse(createOpener(keys).open(stored, place))
}

const overview = () => listKeys(database.db, keys)
const states = async () => (await overview()).keys.map(({ version, state, secrets }) => [version, state, secrets])
const rewrap = () => rewrapSecrets({ db: database.db, opener: createOpener(keys) }, { batch: 3 })

describe('ensureKey()', () => {
  test('makes the first key pair, and no second one: not on another host either', async () => {
    await ensureKey(database.db, keys)
    const elsewhere = givenKeyPlace()
    await ensureKey(database.db, elsewhere)
    expect(readdirSync(elsewhere.directory)).toEqual([])
    expect((await overview()).keys).toMatchObject([{ version: 1, state: 'active', privateHalf: 'here' }])
    expect((await listKeys(database.db, elsewhere)).keys).toMatchObject([{ privateHalf: 'missing' }])
  })

  test('agrees with whoever makes it at the same moment on the same host', async () => {
    await Promise.all(Array.from({ length: 8 }, () => ensureKey(database.db, keys)))
    expect((await overview()).keys).toMatchObject([{ version: 1, state: 'active', privateHalf: 'here' }])
    expect(await readerOf(await givenConnected('a secret'))).toEqual({ secret: 'a secret' })
  })
})

describe('sealingKey()', () => {
  test('is refused while there is none, with what to start', async () => {
    await expect(givenConnected('a secret')).rejects.toThrow(refusal('missing_configuration', 'tenantatlas work'))
  })

  test('holds a rotation up until what was sealed is written', async () => {
    await ensureKey(database.db, keys)
    const ctx = await givenWorkspace(database.db)
    let rotating: Promise<unknown> = Promise.resolve()
    await inWorkspace(database.db, ctx, async (tx) => {
      expect(await sealingKey(tx)).toMatchObject({ version: 1 })
      rotating = rotateKey(database.db, keys)
      await untilOneWaits(database.pool)
      expect(await sealingKey(tx)).toMatchObject({ version: 1 })
    })
    await rotating
    expect(await inWorkspace(database.db, ctx, sealingKey)).toMatchObject({ version: 2 })
  })
})

describe('a rotation', () => {
  test('goes from one key to the next with everything open all the time, and the old key destroyed', async () => {
    await ensureKey(database.db, keys)
    const before = await Promise.all(Array.from({ length: 7 }, (_, n) => givenConnected(`before-${n}`)))
    const [first] = before as [TenantContext]
    await addChannel({ db: database.db, notify: { allowHosts: [] } }, first, {
      name: 'hook',
      receiver: { kind: 'webhook', url: 'https://hooks.example.com/run' },
    })
    await rotateKey(database.db, keys)
    const after = await givenConnected('after')
    expect(await states()).toEqual([
      [1, 'older', 8],
      [2, 'active', 1],
    ])
    expect(await readerOf(first)).toEqual({ secret: 'before-0' })
    await expect(retireKey(database.db, keys, 1)).rejects.toThrow(refusal('invalid_state', '8 secrets still lie under'))
    await expect(retireKey(database.db, keys, 2)).rejects.toThrow(refusal('invalid_state', 'rotate first'))
    expect(await rewrap()).toEqual({ version: 2, rewrapped: 8, unopened: 0 })
    expect(await rewrap()).toMatchObject({ rewrapped: 0, unopened: 0 })
    expect(await retireKey(database.db, keys, 1)).toBe(true)
    expect(existsSync(privateFile(keys.directory, 1))).toBe(false)
    for (const [n, ctx] of before.entries()) expect(await readerOf(ctx)).toEqual({ secret: `before-${n}` })
    expect(await readerOf(after)).toEqual({ secret: 'after' })
    expect(await states()).toEqual([
      [1, 'retired', 0],
      [2, 'active', 9],
    ])
    const audit = await database.owner
      .selectFrom('audit_entries')
      .where('workspace_id', '=', first.workspaceId)
      .where('action', '=', 'key.rewrap')
      .select('detail')
      .execute()
    expect(audit.map(({ detail }) => detail)).toEqual([
      { holder: 'credentials', secrets: 1 },
      { holder: 'channel_secrets', secrets: 1 },
    ])
  })

  test('that is prepared seals with the old key until it is activated where its private half is', async () => {
    await ensureKey(database.db, keys)
    expect(await rotateKey(database.db, keys, { prepareOnly: true })).toEqual({ version: 2, isActive: false })
    await givenConnected('a secret')
    expect(await states()).toEqual([
      [1, 'active', 1],
      [2, 'prepared', 0],
    ])
    const elsewhere = rotateKey(database.db, givenKeyPlace())
    await expect(elsewhere).rejects.toThrow(refusal('missing_configuration', 'copy keys/credentials.2.private here'))
    expect(await rotateKey(database.db, keys)).toEqual({ version: 2, isActive: true })
    expect(await states()).toEqual([
      [1, 'older', 1],
      [2, 'active', 0],
    ])
  })

  test('leaves alone what was set anew while it was re-wrapped', async () => {
    await ensureKey(database.db, keys)
    const ctx = await givenConnected('old')
    await rotateKey(database.db, keys)
    const opener = createOpener(keys)
    const slow = {
      ...opener,
      rewrap: (...args: Parameters<typeof opener.rewrap>) => {
        rewrapping.resolve()
        return opener.rewrap(...args)
      },
    }
    const rewrapping = Promise.withResolvers<void>()
    const done = rewrapSecrets({ db: database.db, opener: slow })
    await rewrapping.promise
    const reader = { kind: 'secret', clientId: crypto.randomUUID(), secret: 'new' } as const
    await connectTenant({ db: database.db }, ctx, { reader })
    await done
    expect(await readerOf(ctx)).toEqual({ secret: 'new' })
    expect(await states()).toEqual([
      [1, 'older', 0],
      [2, 'active', 1],
    ])
  })
})

describe('checkSecrets()', () => {
  test('opens everything and names each that does not open, and why', async () => {
    await ensureKey(database.db, keys)
    const [moved, intact] = [await givenConnected('one'), await givenConnected('two')]
    const check = () => checkSecrets({ db: database.db, opener: createOpener(keys) })
    expect(await check()).toEqual({ tried: 2, unopened: [] })
    await sql`
      update credentials set (sealed, wrapped_key) =
        (select c.sealed, c.wrapped_key from credentials c where c.tenant_id = ${intact.tenantId})
      where tenant_id = ${moved.tenantId}`.execute(database.owner)
    const label = `the reader of "${moved.tenantName}"`
    expect(await check()).toMatchObject({ tried: 2, unopened: [{ label, holder: 'credentials', keyVersion: 1 }] })
    rmSync(privateFile(keys.directory, 1))
    const { unopened } = await check()
    expect(unopened).toHaveLength(2)
    expect(unopened[0]?.why).toContain('private key of version 1 is not there')
  })
})

describe('what was sealed before key pairs', () => {
  test('still opens, and lies under the active key after a re-wrap', async () => {
    await ensureKey(database.db, keys)
    const ctx = await givenConnected('to be replaced')
    await sealAsBefore(ctx, { secret: 'from before' })
    expect((await overview()).first).toBe(1)
    expect(await readerOf(ctx)).toEqual({ secret: 'from before' })
    expect(await rewrap()).toEqual({ version: 1, rewrapped: 1, unopened: 0 })
    expect((await overview()).first).toBe(0)
    rmSync(join(keys.directory, 'credentials.key'))
    expect(await readerOf(ctx)).toEqual({ secret: 'from before' })
  })

  test('stays as it is where the key from before is not', async () => {
    await ensureKey(database.db, keys)
    await sealAsBefore(await givenConnected('to be replaced'), { secret: 'from before' })
    rmSync(join(keys.directory, 'credentials.key'))
    expect(await rewrap()).toMatchObject({ rewrapped: 0, unopened: 1 })
    expect((await overview()).first).toBe(1)
  })
})

/** As releases before key pairs did: AES-256-GCM under the one key in `credentials.key`. */
async function sealAsBefore(ctx: TenantContext, secret: object): Promise<void> {
  const { id, place } = await secretRow(ctx)
  const key = randomBytes(32)
  writeFileSync(join(keys.directory, 'credentials.key'), `${key.toString('base64url')}\n`)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(`v1|${place}`))
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(secret)), cipher.final()])
  const sealed = `v1.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')}`
  await database.owner
    .updateTable('credentials')
    .set({ sealed, wrapped_key: null, key_version: null })
    .where('id', '=', id)
    .execute()
}
