import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { givenSealingKey } from '#domain/keys/keys-testing.ts'
import { deliverDeps, failing, givenEndedRun, givenWebhook } from '#domain/notifications/notifications-testing.ts'
import { listDeliveries } from '#domain/notifications/list-deliveries.ts'
import { listNotifications } from '#domain/notifications/list-notifications.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { givenEnded } from '#domain/operations/operations-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
beforeAll(() => givenSealingKey(database.owner))
const hook = { url: 'https://hooks.example.com/run' }

async function relayAll(): Promise<void> {
  while ((await relayOutbox(database.db)).entries > 0);
}

async function outboxOf({ workspaceId }: WorkspaceContext) {
  return database.owner.selectFrom('outbox').select('run_id').where('workspace_id', '=', workspaceId).execute()
}

const givenScope = async () => givenTenant(database.db, await givenWorkspace(database.db))

describe('relayOutbox()', () => {
  test('tells whoever started a run how it ended, once, and removes the row', async () => {
    const ctx = await givenScope()
    const run = await givenEndedRun(database.db, ctx, failing)
    await relayAll()
    expect(await outboxOf(ctx)).toEqual([])
    const { items } = await listNotifications(database.db, ctx)
    expect(items).toMatchObject([
      {
        event: 'run.completed',
        runId: run.id,
        outcome: 'failed',
        readAt: null,
        notice: {
          title: `Backup of "${ctx.tenantName}" failed`,
          problems: ['Not granted.'],
          next: ['Grant the permission the message names and give admin consent, then start again.'],
        },
      },
    ])
  })

  test('tells of a queued run that was cancelled', async () => {
    const ctx = await givenScope()
    const { runId } = await startRun(database.db, ctx, { type: 'inventory.sync', input: {}, trigger: 'user' })
    await cancelRun(database.db, ctx, runId)
    await relayAll()
    expect((await listNotifications(database.db, ctx)).items).toMatchObject([{ runId, outcome: 'cancelled' }])
  })

  test('tells nobody of what nobody started, nor one who has left', async () => {
    const ctx = await givenScope()
    const system = actingAs(ctx, { kind: 'system', name: 'Scheduler' })
    await givenEnded(database.db, system, { type: 'inventory.sync', input: {}, trigger: 'schedule' })
    const leaver = actingAs(ctx, { kind: 'user', userId: newId<UserId>(), name: 'Gone' })
    await givenEnded(database.db, leaver, { type: 'connection.verify', input: {}, trigger: 'user' })
    expect(await outboxOf(ctx)).toHaveLength(2)
    await relayAll()
    expect(await outboxOf(ctx)).toEqual([])
    const all = database.owner.selectFrom('notifications').select('id').where('workspace_id', '=', ctx.workspaceId)
    expect(await all.execute()).toEqual([])
  })

  test('makes one delivery for every channel that wants such an end of such a tenant', async () => {
    const workspace = await givenWorkspace(database.db)
    const [contoso, fabrikam] = [await givenTenant(database.db, workspace), await givenTenant(database.db, workspace)]
    const deps = deliverDeps(database.db)
    await givenWebhook(deps, workspace, hook, { name: 'all' })
    await givenWebhook(deps, workspace, hook, { name: 'bad ends', outcomes: ['failed', 'blocked'] })
    await givenWebhook(deps, workspace, hook, { name: 'fabrikam', tenantIds: [fabrikam.tenantId] })
    await givenWebhook(deps, await givenWorkspace(database.db), hook, { name: 'elsewhere' })
    await givenEndedRun(database.db, contoso)
    await givenEndedRun(database.db, fabrikam, failing)
    await relayAll()
    const { items } = await listDeliveries(database.db, workspace)
    const told = items.map(({ channel, state }) => `${channel.name}: ${state}`)
    expect(told.toSorted()).toEqual(['all: waiting', 'all: waiting', 'bad ends: waiting', 'fabrikam: waiting'])
  })

  test('leaves everything as it was when the transaction fails, and does it all the next time', async () => {
    const ctx = await givenScope()
    await givenWebhook(deliverDeps(database.db), ctx, hook)
    await givenEndedRun(database.db, ctx)
    await sql`create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
      create trigger refuse before delete on outbox execute function refuse()`.execute(database.owner)
    await expect(relayOutbox(database.db)).rejects.toThrow('no')
    expect((await listNotifications(database.db, ctx)).items).toEqual([])
    expect((await listDeliveries(database.db, ctx)).items).toEqual([])
    expect(await outboxOf(ctx)).toHaveLength(1)
    await sql`drop function refuse() cascade`.execute(database.owner)
    await relayAll()
    expect((await listNotifications(database.db, ctx)).items).toHaveLength(1)
    expect((await listDeliveries(database.db, ctx)).items).toHaveLength(1)
  })

  test('done by many at once tells everything exactly once', async () => {
    const ctx = await givenScope()
    await givenWebhook(deliverDeps(database.db), ctx, hook)
    const runs = new Set<string>()
    for (let i = 0; i < 12; i += 1) runs.add((await givenEndedRun(database.db, ctx)).id)
    await using another = database.openAnother()
    await Promise.all(Array.from({ length: 8 }, (_, i) => relayOutbox(i % 2 === 0 ? database.db : another.db)))
    await relayAll()
    for (const { items } of [await listNotifications(database.db, ctx), await listDeliveries(database.db, ctx)]) {
      expect(items).toHaveLength(runs.size)
      expect(new Set(items.map(({ runId }) => runId))).toEqual(runs)
    }
  })

  test('told twice of one end, as by a row that came back, tells it once', async () => {
    const ctx = await givenScope()
    await givenWebhook(deliverDeps(database.db), ctx, hook)
    const run = await givenEndedRun(database.db, ctx)
    await relayAll()
    const again = { workspace_id: ctx.workspaceId, id: newId(), event: 'run.completed', run_id: run.id }
    await database.owner.insertInto('outbox').values(again).execute()
    await relayAll()
    expect((await listNotifications(database.db, ctx)).items).toHaveLength(1)
    expect((await listDeliveries(database.db, ctx)).items).toHaveLength(1)
  })

  test('passes over a run that retention took before it was told', async () => {
    const ctx = await givenScope()
    const lost = { workspace_id: ctx.workspaceId, id: newId(), event: 'run.completed', run_id: newId() }
    await database.owner.insertInto('outbox').values(lost).execute()
    await relayAll()
    expect(await outboxOf(ctx)).toEqual([])
  })

  test('does not let a workspace with much to tell hold back another', async () => {
    const [noisy, quiet] = [await givenWorkspace(database.db), await givenScope()]
    await sql`insert into outbox (workspace_id, id, event, run_id)
      select ${noisy.workspaceId}, gen_random_uuid(), 'run.completed', gen_random_uuid()
      from generate_series(1, 500)`.execute(database.owner)
    await givenEndedRun(database.db, quiet)
    expect(await relayOutbox(database.db)).toMatchObject({ hasMore: true })
    expect(await outboxOf(quiet)).toEqual([])
    expect(await outboxOf(noisy)).toHaveLength(300)
    await relayAll()
  })
})

describe('listNotifications()', () => {
  test('shows the newest first, page by page, each once', async () => {
    const ctx = await givenScope()
    const ids: string[] = []
    for (let i = 0; i < 5; i += 1) {
      ids.unshift((await givenEndedRun(database.db, ctx)).id)
      await relayAll()
    }
    const seen: (string | null)[] = []
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await listNotifications(database.db, ctx, { limit: 2, ...(cursor !== undefined && { cursor }) })
      seen.push(...page.items.map(({ runId }) => runId))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(ids)
    await expect(listNotifications(database.db, ctx, { cursor: 'nonsense' })).rejects.toThrow('The cursor')
  })
})
