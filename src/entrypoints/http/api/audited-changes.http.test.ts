/**
 * Every procedure that changes something of a workspace writes exactly one entry into its audit log, with the action the
 * contract names and the id of the request. Generated: a procedure without a sample fails.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { createApiKey } from '#domain/access/keys/create-api-key.ts'
import { givenEnded } from '#domain/operations/operations-testing.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { inviteMember } from '#domain/access/members/invite-member.ts'
import { givenSealingKey } from '#domain/keys/keys-testing.ts'
import { pinBackup } from '#domain/backups/pin-backup.ts'
import { deliverDeps, givenEndedRun, givenWebhook } from '#domain/notifications/notifications-testing.ts'
import { claimDue, deliver } from '#domain/notifications/deliver.ts'
import { pauseChannel } from '#domain/notifications/pause-channel.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { givenReceiver } from '#domain/notifications/testing-receiver.ts'
import { pauseLane } from '#domain/operations/pause-lane.ts'
import { pauseType } from '#domain/operations/pause-type.ts'
import { givenPlanOf } from '#domain/restore/testing-approval.ts'
import { pauseSchedule } from '#domain/schedules/pause-schedule.ts'
import { archiveWorkspace } from '#domain/workspaces/change-workspace.ts'
import { archiveTenant } from '#domain/workspaces/change-tenant.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import { givenContext } from '#foundation/kernel/context-testing.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { UserId, WorkspaceId } from '#foundation/kernel/ids.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'
import { metaOf } from '#entrypoints/http/api/authorize.ts'
import { procedures } from '#entrypoints/http/api/methods-at.ts'
import { givenSchedule, givenSubjects } from '#entrypoints/http/api/subjects-testing.ts'

const database = useTestDatabase()

beforeAll(() => givenSealingKey(database.owner))

interface World {
  readonly ctx: WorkspaceContext
  readonly tenant: TenantContext
  readonly owner: { readonly userId: UserId; readonly token: string }
  readonly member: { readonly userId: string }
}

interface Sample {
  /** What the path names beside workspace and tenant. */
  readonly params?: Readonly<Record<string, string>>
  readonly body?: object
  /** Where the record is read whose ETag the change sends. */
  readonly read?: string
  /** The entry is the first of the workspace that the answer names. */
  readonly makesWorkspace?: true
}

const reason = { reason: 'maintenance' }
const hook = (w: World) => givenWebhook(deliverDeps(database.db), w.ctx, { url: 'https://hooks.example.com/x' })
const channel = async (w: World) => ({ params: { channel: (await hook(w)).id } })
const schedule = async (w: World) => ({ params: { schedule: await givenSchedule(database, w.tenant) } })

const clientId = () => crypto.randomUUID()
const aSecret = () => ({ kind: 'secret', clientId: clientId(), secret: 'not-a-real-secret' }) as const

async function connected({ tenant }: World): Promise<void> {
  const endpoints = { cloud: 'global' } as const
  await connectTenant({ db: database.db }, tenant, { endpoints, reader: aSecret() })
}

async function onboarding({ ctx, tenant }: World, steps: object = {}) {
  const id = newId()
  const row = { workspace_id: ctx.workspaceId, tenant_id: tenant.tenantId, id, begun_by: 'Ada Moreau', ...steps }
  await database.owner.insertInto('onboardings').values(row).execute()
  return { params: { onboarding: id } }
}

const samples: Readonly<Record<string, (w: World) => Promise<Sample> | Sample>> = {
  'workspaces.create': () => ({ body: { name: `New ${crypto.randomUUID()}` }, makesWorkspace: true }),
  'workspaces.rename': () => ({ body: { name: 'Other' }, read: '' }),
  'workspaces.limitRestores': () => ({ body: { limit: 10 }, read: '' }),
  'workspaces.archive': ({ ctx }) => ({ body: { confirm: `Contoso ${ctx.workspaceId}` } }),
  'workspaces.unarchive': async ({ ctx }) => {
    await archiveWorkspace(database.db, ctx)
    return {}
  },
  'members.change': ({ member }) => ({ params: { member: member.userId }, body: { role: 'manager' } }),
  'members.remove': ({ member }) => ({ params: { member: member.userId } }),
  'members.endSessions': ({ member }) => ({ params: { member: member.userId } }),
  'members.invite': () => ({ body: { name: 'Ben', kind: 'local', role: 'readonly' } }),
  'members.withdraw': async ({ ctx }) => {
    const { id } = await inviteMember(database.db, ctx, { name: 'Ben', as: { kind: 'local' }, role: 'readonly' })
    return { params: { invitation: id } }
  },
  'keys.create': () => ({ body: { name: 'ci', capabilities: ['tenant.view'] } }),
  'keys.revoke': async ({ ctx }) => {
    const wish = { name: 'ci', capabilities: ['tenant.view'], days: 1 } as const
    return { params: { key: (await createApiKey(database.db, ctx, wish.capabilities, wish)).id } }
  },
  'tenants.add': () => ({ body: { name: 'New', entraTenantId: crypto.randomUUID() } }),
  'tenants.rename': ({ tenant }) => ({ body: { name: 'Other' }, read: `/tenants/${tenant.tenantRef}` }),
  'tenants.archive': ({ tenant }) => ({ body: { confirm: tenant.tenantName } }),
  'tenants.unarchive': async ({ tenant }) => {
    await archiveTenant(database.db, tenant)
    return { params: { archived: tenant.tenantRef } }
  },
  'connections.set': () => ({ body: { endpoints: { cloud: 'global' }, reader: aSecret() } }),
  'connections.certificate': async (w) => {
    await connected(w)
    return { body: { app: 'reader', clientId: clientId() } }
  },
  'connections.remove': async (w) => {
    await connected(w)
    return { body: { confirm: w.tenant.tenantName } }
  },
  'connections.consent': async (w) => {
    await connected(w)
    return { body: { app: 'reader' } }
  },
  'onboardings.begin': async ({ tenant }) => {
    const { entra_tenant_id: entraTenantId } = await database.owner
      .selectFrom('tenants')
      .select('entra_tenant_id')
      .where('id', '=', tenant.tenantId)
      .executeTakeFirstOrThrow()
    return { body: { name: tenant.tenantName, entraTenantId } }
  },
  'onboardings.skip': async (w) => ({ ...(await onboarding(w)), body: { step: 'first_sync' } }),
  'onboardings.finish': async (w) => {
    await connected(w)
    await givenEnded(database.db, w.tenant, { type: 'connection.verify', input: {}, trigger: 'api' })
    return onboarding(w, { skipped: ['consent', 'first_sync'] })
  },
  'onboardings.cancel': async (w) => onboarding(w),
  'backups.pin': async ({ tenant }) => ({ params: { backup: (await givenSubjects(database, tenant)).backup } }),
  'backups.unpin': async ({ tenant }) => {
    const { backup } = await givenSubjects(database, tenant)
    await pinBackup(database.db, tenant, asId(backup))
    return { params: { backup } }
  },
  'restores.approve': async ({ tenant }) => {
    const { id, planHash } = await givenPlanOf(database, tenant, 1)
    return { params: { restore: id }, body: { planHash, reviewed: true } }
  },
  'runs.cancel': async ({ tenant }) => ({ params: { run: (await givenSubjects(database, tenant)).run } }),
  'queue.pauseTenant': () => ({ body: reason }),
  'queue.resumeTenant': async ({ tenant }) => {
    await pauseLane(database.db, tenant, reason)
    return {}
  },
  'queue.limitTenant': () => ({ body: { limit: 2 } }),
  'queue.pauseWorkspace': () => ({ body: reason }),
  'queue.resumeWorkspace': async ({ ctx }) => {
    await pauseLane(database.db, ctx, reason)
    return {}
  },
  'queue.limitWorkspace': () => ({ body: { limit: 2 } }),
  'queue.pauseType': () => ({ params: { type: 'inventory.sync' }, body: reason }),
  'queue.resumeType': async ({ ctx }) => {
    await pauseType(database.db, ctx, 'inventory.sync', reason)
    return { params: { type: 'inventory.sync' } }
  },
  'schedules.createForTenant': () => ({ body: { name: 'New', cron: '0 3 * * *', timeZone: 'UTC' } }),
  'schedules.createForAll': () => ({ body: { name: 'New', cron: '0 3 * * *', timeZone: 'UTC' } }),
  'schedules.change': async (w) => {
    const { params } = await schedule(w)
    return { params, body: { name: 'Other' }, read: `/schedules/${params.schedule}` }
  },
  'schedules.pause': schedule,
  'schedules.resume': async (w) => {
    const { params } = await schedule(w)
    await pauseSchedule(database.db, w.ctx, asId(params.schedule))
    return { params }
  },
  'schedules.remove': schedule,
  'notifications.read': async (w) => ({ params: { notification: await unread(w) } }),
  'notifications.readAll': async (w) => {
    await unread(w)
    return {}
  },
  'channels.add': () => ({
    body: { name: 'Tickets', receiver: { kind: 'webhook', url: 'https://hooks.example.com/x' } },
  }),
  'channels.change': async (w) => {
    const { params } = await channel(w)
    return { params, body: { name: 'Other' }, read: `/channels/${params.channel}` }
  },
  'channels.rotateSecret': channel,
  'channels.pause': channel,
  'channels.resume': async (w) => {
    const { params } = await channel(w)
    await pauseChannel(database.db, w.ctx, asId(params.channel))
    return { params }
  },
  'channels.test': channel,
  'channels.remove': channel,
  'channels.retryDelivery': async (w) => ({ params: { delivery: await failedDelivery(w) } }),
  'retention.change': () => ({ body: { runsDays: 30 }, read: '/retention' }),
}

const idOf = (body: unknown) => (body as { id: string }).id

/** A notification of the owner. */
async function unread({ ctx, tenant, owner }: World): Promise<string> {
  const actor = { kind: 'user', userId: owner.userId, name: 'Owner' } as const
  await givenEndedRun(database.db, actingAs(tenant, actor))
  await relayOutbox(database.db)
  const row = await database.owner
    .selectFrom('notifications')
    .select('id')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('recipient_id', '=', owner.userId)
    .executeTakeFirstOrThrow()
  return row.id
}

async function failedDelivery({ ctx, tenant }: World): Promise<string> {
  await using receiver = await givenReceiver()
  receiver.reply = (response) => void response.writeHead(500).end('no')
  await givenWebhook(deliverDeps(database.db), ctx, receiver)
  await givenEndedRun(database.db, tenant)
  await relayOutbox(database.db)
  const claims = await claimDue(database.db, { busy: [], limit: 50 })
  const claim = claims.find((one) => one.ctx.workspaceId === ctx.workspaceId)
  if (claim === undefined) throw new Error('nothing is due')
  await deliver(deliverDeps(database.db), claim, new AbortController().signal)
  return claim.id
}

async function givenWorld(): Promise<World> {
  const given = await givenWorkspace(database.db)
  const name = `Contoso ${given.workspaceId}`
  await database.owner.updateTable('workspaces').set({ name }).where('id', '=', given.workspaceId).execute()
  const owner = await givenPerson(database.db, { ctx: given, role: 'owner' })
  const ctx = actingAs(given, { kind: 'user', userId: owner.userId, name: 'Owner' })
  const member = await givenPerson(database.db, { ctx, role: 'operator' })
  return { ctx, tenant: await givenTenant(database.db, ctx), owner, member }
}

const entriesOf = (ctx: WorkspaceContext) =>
  inWorkspace(database.db, ctx, (tx) =>
    tx
      .selectFrom('audit_entries')
      .select(['action', 'request_id', 'actor_id'])
      .where('workspace_id', '=', ctx.workspaceId)
      .orderBy('seq')
      .execute(),
  )

const changes = procedures.filter(({ procedure }) => {
  const { effect, audit } = metaOf(procedure)
  return effect === 'change' && audit !== null
})

test('what changes a workspace names what it writes into the audit log', () => {
  const silent = procedures.filter(({ path, procedure }) => {
    const { effect, audit } = metaOf(procedure)
    return effect === 'change' && audit === null && path.startsWith('/workspaces/')
  })
  expect(silent.map(({ name }) => name)).toEqual([])
  expect(Object.keys(samples).toSorted()).toEqual(changes.map(({ name }) => name).toSorted())
})

describe.each(changes.map((named) => [named.name, named] as const))('%s', (name, { method, path, procedure }) => {
  test('writes one entry', async () => {
    const w = await givenWorld()
    const ask = givenApp(database.api)
    const { params = {}, body, read, makesWorkspace } = (await samples[name]?.(w)) ?? {}
    const at = `/api/v1/workspaces/${slugOfTest(w.ctx)}`
    const { token } = w.owner
    const etag = read === undefined ? undefined : (await ask('GET', `${at}${read}`, { token })).headers.get('etag')
    const before = makesWorkspace ? [] : await entriesOf(w.ctx)
    const beforeActs = before.filter(({ action }) => action !== 'run.completed').length
    const all = { workspace: slugOfTest(w.ctx), tenant: w.tenant.tenantRef, ...params }
    const filled = Object.entries(all).reduce((text, [key, value]) => text.replace(`{${key}}`, value), path)
    const headers = etag === undefined || etag === null ? undefined : { 'if-match': etag }
    const asked = await ask(method, `/api/v1${filled}`, { token, ...(body && { body }), ...(headers && { headers }) })
    expect([asked.status < 300, asked.text]).toEqual([true, asked.text])
    const changed = makesWorkspace ? givenContext(asId<WorkspaceId>(idOf(asked.body))) : w.ctx
    // A run that ends by it has an entry of its own.
    const written = (await entriesOf(changed)).slice(before.length).filter(({ action }) => action !== 'run.completed')
    expect(written).toEqual([
      { action: metaOf(procedure).audit, request_id: asked.headers.get('x-request-id'), actor_id: w.owner.userId },
    ])
    // Refused the second time or not: what was refused writes nothing.
    const refused = await ask(method, `/api/v1${filled}`, { token, body: { surprise: true } })
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect((await entriesOf(changed)).filter(({ action }) => action !== 'run.completed')).toHaveLength(beforeActs + 1)
  })
})
