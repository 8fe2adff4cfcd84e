import { beforeAll, describe, expect, test } from 'vitest'
import { givenSealingKey } from '#domain/keys/keys-testing.ts'
import { addChannel } from '#domain/notifications/add-channel.ts'
import type { AddChannelInput } from '#domain/notifications/add-channel.ts'
import { changeChannel } from '#domain/notifications/change-channel.ts'
import { openChannelSecret } from '#domain/notifications/channel.ts'
import type { ChannelPlace } from '#domain/notifications/channel.ts'
import { storedChannelSecrets } from '#domain/notifications/channel-secrets.store.ts'
import { updateChannel } from '#domain/notifications/channels.store.ts'
import { channelForChange, channelOf, listChannels, showChannel } from '#domain/notifications/find-channel.ts'
import { listDeliveries } from '#domain/notifications/list-deliveries.ts'
import { deliverDeps, givenEndedRun, givenWebhook, sentTest } from '#domain/notifications/notifications-testing.ts'
import { pauseChannel, resumeChannel } from '#domain/notifications/pause-channel.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { removeChannel } from '#domain/notifications/remove-channel.ts'
import { givenMailServer } from '#domain/notifications/testing-mail-server.ts'
import { givenReceiver } from '#domain/notifications/testing-receiver.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { untilOneWaits } from '#foundation/db/lock-waits-testing.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
beforeAll(() => givenSealingKey(database.owner))
const webhook = { kind: 'webhook', url: 'https://hooks.example.com/run' } as const
const mail = { kind: 'email', host: 'smtp.example.com', from: 'ta@example.com', to: ['ops@example.com'] } as const

const deps = () => deliverDeps(database.db)

async function auditOf({ workspaceId }: WorkspaceContext) {
  const rows = database.owner
    .selectFrom('audit_entries')
    .select(['action', 'detail'])
    .where('workspace_id', '=', workspaceId)
  return rows.orderBy('at').execute()
}

describe('addChannel()', () => {
  test('stores each kind, and shows nothing that is secret of it', async () => {
    const ctx = await givenWorkspace(database.db)
    const teams = { kind: 'teams', url: 'https://prod-1.westeurope.logic.azure.com/workflows/x?sig=abc' } as const
    await addChannel(deps(), ctx, {
      name: 'mail',
      receiver: { ...mail, username: 'mailer', password: 'hunter2-hunter2' },
    })
    await addChannel(deps(), ctx, { name: 'teams', receiver: teams })
    const { signingSecret } = await addChannel(deps(), ctx, { name: 'hook', receiver: webhook })
    expect(signingSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const channels = await listChannels(database.db, ctx)
    expect(channels.map(({ settings }) => settings)).toEqual([
      { kind: 'webhook', url: webhook.url },
      { ...mail, username: 'mailer', port: 587, security: 'starttls' },
      { kind: 'teams', host: 'prod-1.westeurope.logic.azure.com' },
    ])
    expect(channels[0]).toMatchObject({ outcomes: ['partially_succeeded', 'failed', 'blocked'], tenants: null })
  })

  test.each<[string, Partial<AddChannelInput>, string]>([
    ['a name', { name: ' ' }, 'has a name of 1 to 100'],
    ['an outcome', { outcomes: [] }, 'at least one outcome'],
    ['an address', { receiver: { kind: 'webhook', url: 'hooks' } }, 'not like https://'],
    ['encryption', { receiver: { kind: 'webhook', url: 'http://hooks.example.com' } }, 'must begin with https://'],
    ['the public internet', { receiver: { kind: 'teams', url: 'https://10.0.0.1/' } }, 'not on the public internet'],
    ['a mail host', { receiver: { ...mail, host: 'smtp.example.com:25' } }, 'not the name of a host'],
    ['a public mail host', { receiver: { ...mail, host: '0x0a.1' } }, 'not on the public internet'],
    ['a port', { receiver: { ...mail, port: 0 } }, 'from 1 to 65535'],
    ['a sender', { receiver: { ...mail, from: 'me' } }, 'The sender is not an e-mail address'],
    ['a recipient', { receiver: { ...mail, to: [] } }, 'at least one recipient'],
    ['a password', { receiver: { ...mail, username: 'mailer' } }, 'together, or neither'],
    ['encrypted mail', { receiver: { ...mail, security: 'none' } }, 'only to a host the operator allows'],
  ])('refuses a channel without %s, and says so', async (_, change, message) => {
    const ctx = await givenWorkspace(database.db)
    const refused = addChannel(deps(), ctx, { name: 'hook', receiver: webhook, ...change })
    await expect(refused).rejects.toMatchObject({ reason: 'invalid_input', message: expect.stringContaining(message) })
    expect(await listChannels(database.db, ctx)).toEqual([])
  })

  test('refuses a name that is taken in this workspace, and no other', async () => {
    const [ctx, other] = [await givenWorkspace(database.db), await givenWorkspace(database.db)]
    await addChannel(deps(), ctx, { name: 'hook', receiver: webhook })
    await addChannel(deps(), other, { name: 'hook', receiver: webhook })
    const again = addChannel(deps(), ctx, { name: 'hook', receiver: webhook })
    await expect(again).rejects.toMatchObject({ reason: 'conflict' })
  })

  test('refuses a tenant of another workspace', async () => {
    const ctx = await givenWorkspace(database.db)
    const foreign = await givenTenant(database.db, await givenWorkspace(database.db))
    const refused = addChannel(deps(), ctx, { name: 'hook', receiver: webhook, tenantIds: [foreign.tenantId] })
    await expect(refused).rejects.toMatchObject({
      reason: 'not_found',
      message: expect.stringContaining('is not in this workspace'),
    })
    expect(await listChannels(database.db, ctx)).toEqual([])
  })
})

describe('changeChannel()', () => {
  test('changes what is given and keeps the rest, the signing secret too', async () => {
    await using receiver = await givenReceiver()
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const { id } = await givenWebhook(deps(), ctx, { url: webhook.url })
    const change = {
      name: 'new',
      outcomes: ['failed'],
      tenantIds: [ctx.tenantId],
      receiver: { kind: 'webhook', url: receiver.url },
    } as const
    expect(await changeChannel(deps(), ctx, id, change)).toMatchObject({ signingSecret: null })
    expect(await showChannel(database.db, ctx, id)).toMatchObject({
      name: 'new',
      outcomes: ['failed'],
      tenants: [{ id: ctx.tenantId }],
      settings: { kind: 'webhook', url: receiver.url },
    })
    expect(await sentTest(deps(), ctx, id)).toMatchObject({ state: 'delivered' })
    await changeChannel(deps(), ctx, id, { tenantIds: null })
    expect(await showChannel(database.db, ctx, id)).toMatchObject({ name: 'new', tenants: null })
  })

  test('rotates the secret of a webhook only, and keeps a channel of its kind', async () => {
    const ctx = await givenWorkspace(database.db)
    const { id, signingSecret } = await givenWebhook(deps(), ctx, { url: webhook.url })
    const rotated = await changeChannel(deps(), ctx, id, { rotatesSecret: true })
    expect(rotated.signingSecret).toMatch(/^whsec_/)
    expect(rotated.signingSecret).not.toBe(signingSecret)
    const { id: mailId } = await addChannel(deps(), ctx, { name: 'mail', receiver: mail })
    await expect(changeChannel(deps(), ctx, mailId, { rotatesSecret: true })).rejects.toThrow('Only a webhook')
    await expect(changeChannel(deps(), ctx, mailId, { receiver: webhook })).rejects.toThrow('stays one')
    await expect(changeChannel(deps(), ctx, mailId, { name: 'hook' })).rejects.toMatchObject({ reason: 'conflict' })
    await expect(changeChannel(deps(), ctx, newId(), {})).rejects.toMatchObject({ reason: 'not_found' })
  })
})

test.each<[string, (ctx: WorkspaceContext, id: ChannelId) => Promise<unknown>]>([
  ['changeChannel()', (ctx, id) => changeChannel(deps(), ctx, id, { name: 'taken' })],
  ['addChannel()', (ctx) => addChannel(deps(), ctx, { name: 'taken', receiver: webhook })],
])('%s refuses a name that is taken at the same moment', async (_, take) => {
  const ctx = await givenWorkspace(database.db)
  const [mine, other] = [
    await givenWebhook(deps(), ctx, webhook),
    await addChannel(deps(), ctx, { name: 'mail', receiver: mail }),
  ]
  await using others = database.openAnother({ poolSize: 1 })
  const late = Promise.withResolvers<unknown>()
  await inWorkspace(others.db, ctx, async (tx) => {
    const row = await channelOf(tx, ctx, mine.id)
    await updateChannel(tx, ctx, { ...row, name: 'taken', tenantIds: null })
    // What it refuses with is a value: it may come before anybody waits for it.
    take(ctx, other.id).then(late.resolve, late.resolve)
    await untilOneWaits(database.pool)
  })
  expect(await late.promise).toMatchObject({
    reason: 'conflict',
    message: expect.stringContaining('There is a channel "taken" already; choose another name'),
  })
  expect((await listChannels(database.db, ctx)).map(({ name }) => name)).toEqual(['mail', 'taken'])
})

test('changeChannel() keeps what another one changes at the same moment', async () => {
  const ctx = await givenWorkspace(database.db)
  const { id } = await givenWebhook(deps(), ctx, webhook)
  await using others = database.openAnother({ poolSize: 1 })
  const late = Promise.withResolvers<unknown>()
  await inWorkspace(others.db, ctx, async (tx) => {
    const row = await channelForChange(tx, ctx, id)
    changeChannel(deps(), ctx, id, { name: 'renamed' }).then(late.resolve, late.reject)
    await untilOneWaits(database.pool)
    await updateChannel(tx, ctx, { ...row, outcomes: ['blocked'], tenantIds: null })
  })
  await late.promise
  expect(await listChannels(database.db, ctx)).toMatchObject([{ name: 'renamed', outcomes: ['blocked'] }])
})

describe('testChannel()', () => {
  test('has a test sent and says what the receiver answered, also when it is paused', async () => {
    await using receiver = await givenReceiver()
    const ctx = await givenWorkspace(database.db)
    const { id } = await givenWebhook(deps(), ctx, receiver)
    await pauseChannel(database.db, ctx, id)
    receiver.reply = (response) => void response.writeHead(404).end('no such hook')
    expect(await sentTest(deps(), ctx, id)).toMatchObject({
      state: 'given_up',
      lastStatus: 404,
      lastError: 'It answered 404: no such hook',
    })
    receiver.reply = (response) => void response.end()
    expect(await sentTest(deps(), ctx, id)).toMatchObject({ state: 'delivered', lastStatus: 200 })
    const { items } = await listDeliveries(database.db, ctx)
    expect(items.map(({ state, event, runId }) => [state, event, runId])).toEqual([
      ['delivered', 'channel.test', null],
      ['given_up', 'channel.test', null],
    ])
  })
})

describe('pauseChannel() and resumeChannel()', () => {
  test('say whether they changed something, and audit only that', async () => {
    const ctx = await givenWorkspace(database.db)
    const { id } = await givenWebhook(deps(), ctx, { url: webhook.url })
    const did = [await pauseChannel(database.db, ctx, id), await pauseChannel(database.db, ctx, id)]
    expect([...did, await resumeChannel(database.db, ctx, id)]).toEqual([true, false, true])
    expect((await auditOf(ctx)).map(({ action }) => action)).toEqual(['channel.add', 'channel.pause', 'channel.resume'])
  })
})

describe('removeChannel()', () => {
  test('takes along what waits and was sent, and nothing of another workspace', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const { id } = await givenWebhook(deps(), ctx, { url: webhook.url })
    await givenEndedRun(database.db, ctx)
    await relayOutbox(database.db)
    expect((await listDeliveries(database.db, ctx)).items).toHaveLength(1)
    await expect(removeChannel(database.db, await givenWorkspace(database.db), id)).rejects.toThrow(
      'There is no channel',
    )
    await removeChannel(database.db, ctx, id)
    expect((await listDeliveries(database.db, ctx)).items).toEqual([])
    expect(await listChannels(database.db, ctx)).toEqual([])
  })
})

/** As a thief would look for it. */
function formsOf(canary: string): string[] {
  const bytes = Buffer.from(canary)
  return [canary, encodeURIComponent(canary), bytes.toString('base64'), bytes.toString('hex')]
}

async function everythingStored(): Promise<string> {
  const tables = ['notification_channels', 'channel_secrets', 'deliveries', 'audit_entries', 'notifications'] as const
  const rows: unknown[] = []
  for (const table of tables) rows.push(await database.owner.selectFrom(table).selectAll().execute())
  return JSON.stringify(rows)
}

describe('the secret of a channel', () => {
  test('stands nowhere in the database but sealed, whatever a receiver says back', async () => {
    await using receiver = await givenReceiver()
    await using server = await givenMailServer()
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const [password, newPassword, signature] = ['canary-password-1', 'canary-password-2', 'canary-signature-3']
    const own = { host: '127.0.0.1', port: server.port, security: 'none', username: 'mailer' } as const
    const url = `${receiver.url}?sig=${signature}`
    const { signingSecret } = await givenWebhook(deps(), ctx, receiver)
    const { id: mailId } = await addChannel(deps(), ctx, { name: 'mail', receiver: { ...mail, ...own, password } })
    const { id: teamsId } = await addChannel(deps(), ctx, { name: 'teams', receiver: { kind: 'teams', url } })
    server.answers.set('AUTH', `535 you said ${password}`)
    receiver.reply = (response) => void response.writeHead(400).end(`what is ${url}, and what is ${signature}?`)
    for (const id of [mailId, teamsId]) await sentTest(deps(), ctx, id)
    await changeChannel(deps(), ctx, mailId, { receiver: { ...mail, ...own, password: newPassword } })
    const stored = await everythingStored()
    expect(stored).toContain('what is [secret], and what is [secret]?')
    const canaries = [password, newPassword, signature, signingSecret?.slice('whsec_'.length) ?? '']
    for (const form of canaries.flatMap(formsOf)) expect(stored).not.toContain(form)
  })

  test('opens in its own row only', async () => {
    const ctx = await givenWorkspace(database.db)
    const { id, signingSecret } = await givenWebhook(deps(), ctx, { url: webhook.url })
    const place = { workspaceId: ctx.workspaceId, channelId: id }
    const [secret] = await inWorkspace(database.db, ctx, (tx) => storedChannelSecrets(tx, { ctx, channelId: id }))
    if (secret === undefined) throw new TypeError('a webhook has a secret')
    const openAt = (elsewhere: Partial<ChannelPlace>) =>
      openChannelSecret(deps().opener, secret.stored, { ...place, ...elsewhere })
    expect(openAt({})).toMatchObject({ signing: signingSecret })
    expect(() => openAt({ channelId: newId<ChannelId>() })).toThrow('does not open')
    const { workspaceId } = await givenWorkspace(database.db)
    expect(() => openAt({ workspaceId })).toThrow('does not open')
  })
})
