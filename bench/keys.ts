/**
 * node tools/bootstrap.mjs bench/keys.ts: 10,000 credentials are put under a new key while somebody opens them all the
 * time, the old private key is destroyed, and everything is opened again. Then a million nonces.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes, randomUUID } from 'node:crypto'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { credentialSecrets } from '#domain/connections/credential-secrets.ts'
import { checkSecrets } from '#domain/keys/check-secrets.ts'
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { retireKey } from '#domain/keys/retire-key.ts'
import { rewrapSecrets } from '#domain/keys/rewrap-secrets.ts'
import { rotateKey } from '#domain/keys/rotate-key.ts'
import { encrypt, nonceBytes } from '#foundation/crypto/aes-gcm.ts'
import { createOpener } from '#foundation/crypto/open.ts'
import type { Opener } from '#foundation/crypto/open.ts'
import { openDatabase } from '#foundation/db/database.ts'
import type { Database } from '#foundation/db/database.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createLog } from '#foundation/observability/log.ts'
import { columnsOf } from '../tools/check.ts'
import { startDurablePostgres } from './durable-postgres.ts'

const workspaces = 10
const tenantsEach = 500

async function connectAll(db: Database): Promise<TenantContext[]> {
  const connected: TenantContext[] = []
  for (let w = 0; w < workspaces; w += 1) {
    const workspace = await givenWorkspace(db)
    for (let t = 0; t < tenantsEach; t += 1) {
      const tenant = await givenTenant(db, workspace)
      const credential = () => ({ kind: 'secret', clientId: randomUUID(), secret: randomUUID() }) as const
      await connectTenant({ db }, tenant, { reader: credential(), writer: credential() })
      connected.push(tenant)
    }
  }
  return connected
}

/** Opens credentials here and there, as workers do, until `signal`. Throws when one does not open. */
async function openMeanwhile(db: Database, opener: Opener, tenants: readonly TenantContext[], signal: AbortSignal) {
  let opened = 0
  while (!signal.aborted) {
    const ctx = tenants[Math.floor(Math.random() * tenants.length)]
    if (ctx === undefined) break
    const secrets = await inWorkspace(db, ctx, (tx) => credentialSecrets(tx, ctx, { after: null, limit: 20 }))
    for (const { stored, place } of secrets) opener.open(stored, place)
    opened += secrets.length
  }
  return opened
}

async function timed<T>(work: () => Promise<T>): Promise<[seconds: string, T]> {
  const began = performance.now()
  const value = await work()
  return [((performance.now() - began) / 1_000).toFixed(1), value]
}

function repeatedNonces(count: number): number {
  const key = randomBytes(32)
  const seen = new Set<string>()
  for (let n = 0; n < count; n += 1) seen.add(encrypt(key, Buffer.alloc(0), '').toString('latin1', 0, nonceBytes))
  return count - seen.size
}

const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-bench-keys-'))
const log = createLog({ level: 'warn', pretty: false })
await using postgres = await startDurablePostgres(log)
await migrate({ url: postgres.url })
await using database = openDatabase({
  url: postgres.url,
  role: 'worker',
  poolSize: 4,
  applicationName: 'bench keys',
  log,
})
const { db } = database
const keys = { directory: join(folder, 'keys') }
const opener = createOpener(keys)
await ensureKey(db, keys)
const [sealSeconds, tenants] = await timed(() => connectAll(db))
await rotateKey(db, keys)
const done = new AbortController()
const opening = openMeanwhile(db, opener, tenants, done.signal)
const [rewrapSeconds, rewrapped] = await timed(() => rewrapSecrets({ db, opener }))
done.abort()
const openedMeanwhile = await opening
await retireKey(db, keys, 1)
const [checkSeconds, checked] = await timed(() => checkSecrets({ db, opener }))
const repeated = repeatedNonces(1_000_000)
console.log(
  columnsOf([
    ['tenants connected, two credentials each', String(tenants.length), `${sealSeconds} s`],
    ['re-wrapped under the new key', String(rewrapped.rewrapped), `${rewrapSeconds} s`],
    ['opened by somebody else meanwhile, all of them', String(openedMeanwhile), ''],
    ['opened with the old key destroyed', String(checked.tried - checked.unopened.length), `${checkSeconds} s`],
    ['nonces repeated in 1,000,000', String(repeated), ''],
  ]),
)
await rm(folder, { recursive: true })
if (rewrapped.rewrapped !== 2 * tenants.length || checked.unopened.length > 0 || repeated > 0) process.exitCode = 1
