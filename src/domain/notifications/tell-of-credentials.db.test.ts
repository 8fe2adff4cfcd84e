import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { createCertificate } from '#domain/connections/create-certificate.ts'
import { removeConnection } from '#domain/connections/remove-connection.ts'
import { givenSealingKey } from '#domain/keys/keys-testing.ts'
import { claimDue, deliver } from '#domain/notifications/deliver.ts'
import { deliverDeps, endsIn, givenEndedRun, givenWebhook } from '#domain/notifications/notifications-testing.ts'
import { listDeliveries } from '#domain/notifications/list-deliveries.ts'
import { listNotifications } from '#domain/notifications/list-notifications.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { removeOldNotices } from '#domain/notifications/remove-old-notices.ts'
import { tellOfCredentials } from '#domain/notifications/tell-of-credentials.ts'
import { givenReceiver } from '#domain/notifications/testing-receiver.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId, type UserId } from '#foundation/kernel/ids.ts'
import type { Role } from '#foundation/kernel/capability.ts'

const database = useTestDatabase()
beforeAll(() => givenSealingKey(database.owner))

const hook = { url: 'https://hooks.example.com/run' }
const clientId = '3b4e7c1d-0000-4000-8000-000000000001'
const reader = { kind: 'secret', clientId, secret: 'kX8Q~correct.horse', expiresAt: new Date('2099-01-01') } as const

let ctx: TenantContext

beforeEach(async () => {
  // What the test before left due.
  await database.owner.deleteFrom('connections').execute()
  await database.owner.deleteFrom('deliveries').execute()
  ctx = await givenTenant(database.db, await givenWorkspace(database.db))
})

const connect = (tenant = ctx) => connectTenant({ db: database.db }, tenant, { reader })
const ends = (days: number, tenant = ctx) => endsIn(database.owner, tenant, days)

async function tell(): Promise<number> {
  return (await tellOfCredentials(database.db)).credentials
}

/** What the one who acts was told, the oldest first: the threshold of each. */
async function toldOf(scope: WorkspaceContext = ctx) {
  const { items } = await listNotifications(database.db, scope)
  return items.map(({ credential }) => credential?.withinDays).toReversed()
}

describe('tellOfCredentials()', () => {
  test('tells at 30, 14, 7 and 1 days and when it has ended, each once, more urgently each time', async () => {
    await connect()
    await givenWebhook(deliverDeps(database.db), ctx, hook)
    const asItEnds = [31, 30, 29, 14.5, 14, 8, 7, 2, 1, 0.5, 0, -1, -400]
    const told: number[] = []
    for (const days of asItEnds) {
      await ends(days)
      told.push(await tell())
      expect(await tell()).toBe(0)
    }
    expect(told).toEqual([0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0])
    expect(await toldOf()).toEqual([30, 14, 7, 1, 0])
    const { items } = await listNotifications(database.db, ctx)
    expect(items.map(({ event, notice }) => `${event} ${notice.tone}`).toReversed()).toEqual([
      'credential.expiring info',
      'credential.expiring warning',
      'credential.expiring warning',
      'credential.expiring bad',
      'credential.expired bad',
    ])
    const deliveries = (await listDeliveries(database.db, ctx)).items
    expect(deliveries.map(({ event }) => event).toReversed()).toEqual(items.map(({ event }) => event).toReversed())
  })

  test('names tenant, credential, day and what to do', async () => {
    const tenant = await givenTenant(database.db, ctx, { name: 'Contoso' })
    const pair = await createCertificate('TenantAtlas')
    await connectTenant({ db: database.db }, tenant, { reader: { kind: 'certificate', clientId, ...pair } })
    await ends(5, tenant)
    await tell()
    const [told] = (await listNotifications(database.db, ctx)).items
    const day = told?.credential?.expiresAt.toISOString().slice(0, 10) ?? 'unknown'
    expect(told).toMatchObject({
      event: 'credential.expiring',
      runId: null,
      outcome: null,
      tenant: { ref: tenant.tenantRef, name: 'Contoso' },
      credential: { purpose: 'reader', kind: 'certificate', clientId, withinDays: 7 },
      notice: {
        title: 'The reader\'s certificate of "Contoso" ends within 7 days',
        body: expect.stringContaining(`It ends on ${day} at `),
        next: [expect.stringContaining('connection set --tenant "Contoso" --reader-client-id')],
      },
    })
  })

  test('that begins late tells only the nearest threshold that passed, none of those missed', async () => {
    await connect()
    await ends(6)
    expect(await tell()).toBe(1)
    expect(await toldOf()).toEqual([7])
    await ends(-3)
    expect(await tell()).toBe(1)
    expect(await toldOf()).toEqual([7, 0])
  })

  test('tells of reader and writer apart', async () => {
    await connect()
    await connectTenant({ db: database.db }, ctx, { writer: { ...reader, clientId: crypto.randomUUID() } })
    await ends(10)
    expect(await tell()).toBe(2)
    const purposes = (await listNotifications(database.db, ctx)).items.map(({ credential }) => credential?.purpose)
    expect(new Set(purposes)).toEqual(new Set(['reader', 'writer']))
  })

  test('tells nothing of a credential that was replaced, or removed with its connection', async () => {
    await connect()
    await ends(10)
    await connect()
    expect(await tell()).toBe(0)
    await ends(5)
    await removeConnection(database.db, ctx)
    expect(await tell()).toBe(0)
    expect(await toldOf()).toEqual([])
  })

  test('begins anew with the credential that replaces one it told of', async () => {
    await connect()
    await ends(-1)
    await tell()
    await connect()
    expect(await tell()).toBe(0)
    await ends(30)
    expect(await tell()).toBe(1)
    expect(await toldOf()).toEqual([0, 30])
  })

  test('tells nothing of archived tenants and workspaces, and of a tenant that comes back what is due then', async () => {
    await connect()
    await ends(10)
    const archived = (at: Date | null) =>
      database.owner.updateTable('tenants').set({ archived_at: at }).where('id', '=', ctx.tenantId).execute()
    await archived(new Date())
    expect(await tell()).toBe(0)
    await archived(null)
    const office = database.owner.updateTable('workspaces').where('id', '=', ctx.workspaceId)
    await office.set({ archived_at: new Date() }).execute()
    expect(await tell()).toBe(0)
    await office.set({ archived_at: null }).execute()
    expect(await tell()).toBe(1)
    expect(await toldOf()).toEqual([14])
  })

  test('says nothing of what has no end', async () => {
    await connectTenant({ db: database.db }, ctx, { reader: { kind: 'federated', clientId } })
    await connectTenant({ db: database.db }, ctx, { writer: { kind: 'secret', clientId, secret: 'kX8Q~other' } })
    expect(await tell()).toBe(0)
  })

  test('tells whoever can set a new one for that tenant, and no guest', async () => {
    await connect()
    const other = await givenTenant(database.db, ctx)
    const owner = ctx.actor
    const people = {
      manager: await givenMember({ role: 'manager' }),
      operator: await givenMember({ role: 'operator' }),
      here: await givenMember({ role: 'manager', only: { tenant: ctx, role: 'manager' } }),
      elsewhere: await givenMember({ role: 'manager', only: { tenant: other, role: 'manager' } }),
      narrowed: await givenMember({ role: 'manager', narrowed: { tenant: ctx, role: 'operator' } }),
      guest: await givenMember({ role: 'owner', isGuest: true }),
      disabled: await givenMember({ role: 'owner', isDisabled: true }),
    }
    await ends(1)
    await tell()
    const rows = await database.owner
      .selectFrom('notifications')
      .select('recipient_id')
      .where('workspace_id', '=', ctx.workspaceId)
      .execute()
    const expected = [owner.kind === 'user' && owner.userId, people.manager, people.here]
    expect(new Set(rows.map((row) => row.recipient_id))).toEqual(new Set(expected))
  })

  test('tells the channels that want it, of that tenant, and a channel that does not want runs of none', async () => {
    const other = await givenTenant(database.db, ctx)
    const deps = deliverDeps(database.db)
    await givenWebhook(deps, ctx, hook, { name: 'all' })
    await givenWebhook(deps, ctx, hook, { name: 'runs', events: ['run.completed'] })
    await givenWebhook(deps, ctx, hook, { name: 'ends', events: ['credential.expired'] })
    await givenWebhook(deps, ctx, hook, { name: 'soon', events: ['credential.expiring'], outcomes: ['failed'] })
    await givenWebhook(deps, ctx, hook, { name: 'elsewhere', tenantIds: [other.tenantId] })
    await givenWebhook(deps, ctx, hook, { name: 'here', tenantIds: [ctx.tenantId], events: ['credential.expiring'] })
    await connect()
    await ends(7)
    await tell()
    const told = async () =>
      (await listDeliveries(database.db, ctx)).items.map(({ channel, event }) => `${channel.name} ${event}`).toSorted()
    const ofCredential = ['all', 'here', 'soon'].map((name) => `${name} credential.expiring`)
    expect(await told()).toEqual(ofCredential)
    await givenEndedRun(database.db, ctx)
    await relayOutbox(database.db)
    expect(await told()).toEqual([...ofCredential, 'all run.completed', 'runs run.completed'].toSorted())
  })

  test('done by many at once tells each credential once', async () => {
    const tenants = [ctx]
    for (let i = 0; i < 5; i += 1) tenants.push(await givenTenant(database.db, ctx))
    for (const tenant of tenants) {
      await connect(tenant)
      await ends(3, tenant)
    }
    await givenWebhook(deliverDeps(database.db), ctx, hook)
    await using another = database.openAnother()
    const passes = Array.from({ length: 8 }, (_, i) => tellOfCredentials(i % 2 === 0 ? database.db : another.db))
    await Promise.all(passes)
    await tell()
    for (const { items } of [await listNotifications(database.db, ctx), await listDeliveries(database.db, ctx)])
      expect(items).toHaveLength(tenants.length)
  })

  test('leaves everything as it was when the transaction fails, and tells it the next time', async () => {
    await connect()
    await ends(3)
    await sql`create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
      create trigger refuse before insert on notifications execute function refuse()`.execute(database.owner)
    await expect(tellOfCredentials(database.db)).rejects.toThrow('no')
    await sql`drop function refuse() cascade`.execute(database.owner)
    expect(await toldOf()).toEqual([])
    expect(await tell()).toBe(1)
    expect(await toldOf()).toEqual([7])
  })
})

describe('a delivery about a credential', () => {
  const sendDue = async () => {
    const claims = await claimDue(database.db, { busy: [], limit: 10 })
    const { signal } = new AbortController()
    return Promise.all(claims.map((claim) => deliver(deliverDeps(database.db), claim, signal)))
  }

  test('carries ids, dates and how urgent it is to a webhook, and no name', async () => {
    await using receiver = await givenReceiver()
    await givenWebhook(deliverDeps(database.db), ctx, receiver)
    await connect()
    await ends(-1)
    await tell()
    expect(await sendDue()).toMatchObject([{ isDelivered: true }])
    const [{ body } = { body: '' }] = receiver.received
    expect(JSON.parse(body)).toMatchObject({
      type: 'credential.expired',
      data: {
        workspace: { id: ctx.workspaceId },
        tenant: { id: ctx.tenantRef },
        run: null,
        credential: { purpose: 'reader', kind: 'secret', clientId, withinDays: 0, severity: 'critical' },
        url: expect.stringMatching(/\/w\/[\w-]+$/),
      },
    })
    expect(body).not.toContain(ctx.tenantName)
  })

  test('that failed is tried again, and not sent any more once the credential is replaced', async () => {
    await using receiver = await givenReceiver()
    receiver.reply = (response) => void response.writeHead(503).end()
    await givenWebhook(deliverDeps(database.db), ctx, receiver)
    await connect()
    await ends(5)
    await tell()
    await sendDue()
    expect((await listDeliveries(database.db, ctx)).items).toMatchObject([{ state: 'failed', runId: null }])
    await connect()
    await sql`update deliveries set next_attempt_at = clock_timestamp() where state = 'failed'`.execute(database.owner)
    await sendDue()
    expect(receiver.received).toHaveLength(1)
    expect((await listDeliveries(database.db, ctx)).items).toMatchObject([
      { state: 'given_up', lastError: expect.stringContaining('replaced') },
    ])
  })
})

describe('removeOldNotices()', () => {
  test('deletes what was told long ago with its notifications, and it is not told again', async () => {
    await connect()
    await givenWebhook(deliverDeps(database.db), ctx, hook)
    await ends(20)
    await tell()
    const remove = () => inWorkspace(database.db, ctx, (tx) => removeOldNotices(tx, ctx, { days: 90, limit: 1_000 }))
    expect(await remove()).toBe(0)
    await sql`update credential_notices set created_at = created_at - interval '91 days'`.execute(database.owner)
    expect(await remove()).toBe(1)
    expect(await toldOf()).toEqual([])
    expect((await listDeliveries(database.db, ctx)).items).toEqual([])
    expect(await tell()).toBe(0)
  })
})

interface GivenMember {
  readonly role: Role
  /** The only tenant it sees. */
  readonly only?: { readonly tenant: TenantContext; readonly role: Role }
  /** Its role in one tenant, while it sees all. */
  readonly narrowed?: { readonly tenant: TenantContext; readonly role: Role }
  readonly isGuest?: boolean
  readonly isDisabled?: boolean
}

async function givenMember(member: GivenMember): Promise<UserId> {
  const { role, only, narrowed = only, isGuest = false, isDisabled = false } = member
  const userId = newId<UserId>()
  const disabledAt = isDisabled ? new Date() : null
  await database.owner
    .insertInto('users')
    .values({ id: userId, display_name: 'Somebody', disabled_at: disabledAt })
    .execute()
  await database.owner
    .insertInto('workspace_members')
    .values({
      workspace_id: ctx.workspaceId,
      user_id: userId,
      role,
      all_tenants: only === undefined,
      expires_at: isGuest ? new Date('2099-01-01') : null,
    })
    .execute()
  if (narrowed !== undefined)
    await database.owner
      .insertInto('tenant_members')
      .values({
        workspace_id: ctx.workspaceId,
        user_id: userId,
        tenant_id: narrowed.tenant.tenantId,
        role: narrowed.role,
      })
      .execute()
  return userId
}
