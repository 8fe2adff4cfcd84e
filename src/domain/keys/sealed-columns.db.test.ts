import { beforeAll, describe, expect, test } from 'vitest'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { createCertificate } from '#domain/connections/create-certificate.ts'
import { openGraphClient } from '#domain/connections/open-graph-client.ts'
import { removeConnection } from '#domain/connections/remove-connection.ts'
import { showConnection } from '#domain/connections/show-connection.ts'
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { givenKeyPlace } from '#domain/keys/keys-testing.ts'
import { addChannel } from '#domain/notifications/add-channel.ts'
import { changeChannel } from '#domain/notifications/change-channel.ts'
import { removeChannel } from '#domain/notifications/remove-channel.ts'
import { testChannel } from '#domain/notifications/test-channel.ts'
import { createOpener } from '#foundation/crypto/open.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createLog } from '#foundation/observability/log.ts'

/*
 * What a process can do that holds the public key only, under the database role of commands and pages.
 */

const database = useTestDatabase()
const keys = givenKeyPlace()
const log = createLog({ level: 'silent', pretty: false })
const secret = 'kX8Q~correct.horse.battery.staple'
const reader = { kind: 'secret', clientId: crypto.randomUUID(), secret } as const
let ctx: TenantContext

beforeAll(async () => {
  await ensureKey(database.db, keys)
  ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  await connectTenant({ db: database.db }, ctx, { reader })
})

const openApi = (): OpenDatabase => database.openAnother({ role: 'api' })

async function codeOf(statement: string): Promise<string> {
  await using api = openApi()
  const client = await api.pool.connect()
  try {
    await client.query(`begin; set local app.workspace_id = '${ctx.workspaceId}'`)
    return await client.query(statement).then(
      () => 'allowed',
      (error: { code?: string }) => error.code ?? 'failed',
    )
  } finally {
    client.release(true)
  }
}

describe('the role of commands and pages', () => {
  test.each([
    'select sealed from credentials',
    'select wrapped_key from credentials',
    'select * from credentials',
    'select credentials from credentials',
    'select count(*) from credentials where sealed like $$v2%$$',
    'select client_id from credentials order by wrapped_key',
    'update credentials set thumbprint = sealed',
    'update credentials set client_id = gen_random_uuid() returning sealed',
    'delete from credentials returning sealed',
    'insert into credentials select * from credentials returning sealed',
    'select sealed from channel_secrets',
    'select wrapped_key from channel_secrets',
    'select to_jsonb(s) from channel_secrets s',
    'update channel_secrets set channel_id = id',
    `insert into encryption_keys (version, public_key) values (99, 'mine')`,
    'update encryption_keys set activated_at = null',
    'delete from encryption_keys',
  ])('is denied %s', async (statement) => {
    expect(await codeOf(statement)).toBe('42501')
  })

  test('sees what is public of a credential', async () => {
    const shown = 'purpose, kind, client_id, key_version, thumbprint, expires_at, created_at'
    expect(await codeOf(`select ${shown} from credentials`)).toBe('allowed')
    expect(await codeOf('select public_key from encryption_keys')).toBe('allowed')
  })

  test('connects a tenant and shows, changes and removes the connection, all without opening anything', async () => {
    await using api = openApi()
    const tenant = await givenTenant(database.db, ctx)
    await connectTenant(api, tenant, { reader })
    const pair = await createCertificate('TenantAtlas test')
    await connectTenant(api, tenant, { writer: { kind: 'certificate', clientId: crypto.randomUUID(), ...pair } })
    expect((await showConnection(api.db, tenant))?.credentials.map(({ kind }) => kind)).toEqual([
      'secret',
      'certificate',
    ])
    await removeConnection(api.db, tenant)
    expect(await showConnection(api.db, tenant)).toBeNull()
  })

  test('adds, changes, rotates, tests and removes a channel', async () => {
    await using api = openApi()
    const deps = { db: api.db, notify: { allowHosts: [] } }
    const mail = { kind: 'email', host: 'smtp.example.com', from: 'ta@example.com', to: ['ops@example.com'] } as const
    const { id } = await addChannel(deps, ctx, { name: 'mail', receiver: { ...mail, username: 'me', password: 'one' } })
    await changeChannel(deps, ctx, id, { receiver: { ...mail, username: 'me', password: 'two' } })
    await changeChannel(deps, ctx, id, { receiver: mail })
    await removeChannel(api.db, ctx, id)
    const url = 'https://hooks.example.com/run'
    const hook = await addChannel(deps, ctx, { name: 'hook', receiver: { kind: 'webhook', url } })
    for (let n = 0; n < 3; n += 1) {
      const { signingSecret } = await changeChannel(deps, ctx, hook.id, { rotatesSecret: true })
      expect(signingSecret).toMatch(/^whsec_/)
    }
    await testChannel(api.db, ctx, hook.id)
    const rows = await database.owner
      .selectFrom('channel_secrets')
      .where('channel_id', '=', hook.id)
      .select('id')
      .execute()
    expect(rows).toHaveLength(2)
  })
})

const limits = { requestsPerWindow: 100, writesPerWindow: 10, share: 1 }

describe('removeConnection()', () => {
  test('destroys the key of what was sealed: the text alone never opens again, and runs are refused', async () => {
    const tenant = await givenTenant(database.db, ctx)
    await connectTenant({ db: database.db }, tenant, { reader })
    const kept = await database.owner
      .selectFrom('credentials')
      .where('tenant_id', '=', tenant.tenantId)
      .selectAll()
      .execute()
    await removeConnection(database.db, tenant)
    const rows = database.owner.selectFrom('credentials').where('tenant_id', '=', tenant.tenantId).selectAll()
    expect(await rows.execute()).toEqual([])
    const place = [tenant.workspaceId, tenant.tenantId, kept[0]?.connection_id, 'reader'].join('|')
    const left = { sealed: kept[0]?.sealed ?? '', wrappedKey: null, keyVersion: null }
    expect(() => createOpener(keys).open(left, place)).toThrow(expect.objectContaining({ reason: 'damaged' }))
    const deps = { db: database.db, opener: createOpener(keys), readFederatedToken: async () => '', limits, log }
    await expect(openGraphClient(deps, tenant)).rejects.toMatchObject({ reason: 'missing_configuration' })
    await expect(removeConnection(database.db, tenant)).rejects.toMatchObject({ reason: 'not_found' })
    const audit = database.owner.selectFrom('audit_entries').where('tenant_id', '=', tenant.tenantId).select('action')
    expect((await audit.orderBy('at').execute()).map(({ action }) => action)).toEqual([
      'connection.set',
      'connection.remove',
    ])
  })
})
