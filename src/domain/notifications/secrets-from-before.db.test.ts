import { createCipheriv, randomBytes } from 'node:crypto'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { givenKeyPlace } from '#domain/keys/keys-testing.ts'
import { rewrapSecrets } from '#domain/keys/rewrap-secrets.ts'
import { claimDue, deliver } from '#domain/notifications/deliver.ts'
import { deliverDeps } from '#domain/notifications/notifications-testing.ts'
import { testChannel } from '#domain/notifications/test-channel.ts'
import { givenReceiver } from '#domain/notifications/testing-receiver.ts'
import { createOpener } from '#foundation/crypto/open.ts'
import { openDatabase } from '#foundation/db/database.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { createTestDatabase, dropTestDatabase } from '#foundation/db/testing.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'

/*
 * A channel of a release before key pairs, brought forward by the migration: its two signing secrets stood in one text.
 */

const server = inject('postgres')
const migrations = join(import.meta.dirname, '../../../migrations')
const keys = givenKeyPlace()
const [signing, previous] = [1, 2].map(() => `whsec_${randomBytes(32).toString('base64')}`) as [string, string]
let url: string
let database: OpenDatabase
let older: string

beforeAll(async () => {
  url = await createTestDatabase({ url: server.url, template: 'template0' })
  older = await mkdtemp(join(tmpdir(), 'tenantatlas-migrations-'))
  for (const name of (await readdir(migrations)).filter((file) => file < '0012'))
    await cp(join(migrations, name), join(older, name))
  await migrate({ url, directory: older })
  const log = createLog({ level: 'silent', pretty: false })
  database = openDatabase({ url, role: 'worker', poolSize: 2, applicationName: 'from before', log })
})
afterAll(async () => {
  await database.close()
  await dropTestDatabase(server.url, url)
  await rm(older, { recursive: true })
})

test('a webhook from before key pairs signs as it did after the migration, and after a re-wrap', async () => {
  await using receiver = await givenReceiver()
  const ctx = await givenWorkspace(database.db)
  const id = newId<ChannelId>()
  const sealed = await sealAsBefore({ kind: 'webhook', signing, previous }, [
    ctx.workspaceId,
    'notification_channel',
    id,
  ])
  await asOwner(
    `insert into notification_channels (workspace_id, id, kind, name, settings, sealed, outcomes)
     values ($1, $2, 'webhook', 'hook', $3, $4, '{failed}')`,
    [ctx.workspaceId, id, JSON.stringify({ kind: 'webhook', url: receiver.url }), sealed],
  )
  await migrate({ url })
  await ensureKey(database.db, keys)
  const opener = createOpener(keys)
  const sendTest = async () => {
    await testChannel(database.db, ctx, id)
    for (const claim of await claimDue(database.db, { busy: [], limit: 1 }))
      await deliver({ ...deliverDeps(database.db), opener }, claim, new AbortController().signal)
    const { headers, body } = receiver.received.at(-1) ?? { headers: {}, body: '' }
    for (const secret of [signing, previous])
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toBeTruthy()
  }
  await sendTest()
  expect(await rewrapSecrets({ db: database.db, opener })).toEqual({ version: 1, rewrapped: 1, unopened: 0 })
  await rm(join(keys.directory, 'credentials.key'))
  await sendTest()
  expect(receiver.received).toHaveLength(2)
})

async function sealAsBefore(secret: object, place: readonly string[]): Promise<string> {
  const key = randomBytes(32)
  await writeFile(join(keys.directory, 'credentials.key'), `${key.toString('base64url')}\n`)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(['v1', ...place].join('|')))
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(secret)), cipher.final()])
  return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')}`
}

async function asOwner(statement: string, values: readonly unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement, [...values])
  await client.end()
}
