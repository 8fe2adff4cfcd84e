import { dirname } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { compose } from './compose.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { credentialSecrets } from '#domain/connections/credential-secrets.ts'
import { openGraphClient } from '#domain/connections/open-graph-client.ts'
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { givenKeyPlace } from '#domain/keys/keys-testing.ts'
import { readConfig } from '#foundation/config/config.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'

const database = useTestDatabase()
const keys = givenKeyPlace()
const secret = 'kX8Q~correct.horse.battery.staple'
const reader = { kind: 'secret', clientId: crypto.randomUUID(), secret } as const
let ctx: TenantContext

beforeAll(async () => {
  await ensureKey(database.db, keys)
  ctx = await givenTenant(database.db, await givenWorkspace(database.db))
})

const composed = (options: { doesWork?: true }, { directory } = keys) =>
  compose(readConfig({ TENANTATLAS_DATA_DIR: dirname(directory), TENANTATLAS_LOG_LEVEL: 'silent' }), {
    databaseUrl: database.url,
    applicationName: 'composed',
    poolSize: 2,
    ...options,
  })

async function storedReader() {
  const page = { after: null, limit: 1 }
  const [found] = await inWorkspace(database.db, ctx, (tx) => credentialSecrets(tx, ctx, page))
  if (found === undefined) throw new TypeError('not connected')
  return found
}

const missing = expect.objectContaining({ reason: 'missing_configuration' })

describe('compose()', () => {
  test('without work seals and opens nothing, even with the private key beside it', async () => {
    await using product = await composed({})
    await connectTenant(product, ctx, { reader })
    const { stored, place } = await storedReader()
    expect(() => product.opener.open(stored, place)).toThrow(missing)
    const limits = { requestsPerWindow: 100, writesPerWindow: 10, share: 1 }
    const deps = { ...product, readFederatedToken: async () => '', limits }
    await expect(openGraphClient(deps, ctx)).rejects.toThrow('permission denied for table credentials')
  })

  test('with work opens with the key in its data directory, and not without it', async () => {
    await connectTenant(database, ctx, { reader })
    const { stored, place } = await storedReader()
    await using here = await composed({ doesWork: true })
    expect(JSON.parse(here.opener.open(stored, place))).toEqual({ secret })
    await using elsewhere = await composed({ doesWork: true }, givenKeyPlace())
    expect(() => elsewhere.opener.open(stored, place)).toThrow(missing)
  })
})
