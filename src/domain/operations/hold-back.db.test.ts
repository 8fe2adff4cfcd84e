import { afterEach, describe, expect, test } from 'vitest'
import { listPlatformEvents } from '#domain/platform/platform-overview.ts'
import { steerWorker } from '#domain/platform/steer-worker.ts'
import { setLaneLimit } from '#domain/operations/limit-lane.ts'
import { claimAll, givenQueued } from '#domain/operations/operations-testing.ts'
import { renewLease, takeLease } from '#domain/operations/lease.ts'
import { pauseLane, resumeLane } from '#domain/operations/pause-lane.ts'
import { pauseType, resumeType } from '#domain/operations/pause-type.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { WorkerId } from '#foundation/kernel/ids.ts'

/* What a person may hold back: a tenant, an operation, a worker. */
const database = useTestDatabase()
const { reason } = { reason: 'Change freeze until Monday' }

afterEach(() => database.owner.deleteFrom('live_runs').execute())

async function claimed(): Promise<string[]> {
  const owner = await takeLease(database.db, 60_000)
  return (await claimAll(database.db, owner)).map((claim) => claim.runId)
}

async function auditOf(workspaceId: string, action: string) {
  const entries = database.owner.selectFrom('audit_entries').selectAll().where('workspace_id', '=', workspaceId)
  return entries.where('action', '=', action).execute()
}

describe('pauseLane()', () => {
  test('holds back what waits for one tenant, until it is resumed', async () => {
    const workspace = await givenWorkspace(database.db)
    const [paused, other] = [await givenTenant(database.db, workspace), await givenTenant(database.db, workspace)]
    const [held, free] = [await givenQueued(database.db, paused), await givenQueued(database.db, other)]
    await pauseLane(database.db, paused, { reason })
    expect(await claimed()).toEqual([free])
    await resumeLane(database.db, paused)
    expect(await claimed()).toEqual([held])
    const [entry] = await auditOf(workspace.workspaceId, 'lane.pause')
    expect(entry).toMatchObject({ tenant_id: paused.tenantId, actor_name: 'Ada Moreau', detail: { reason } })
  })

  test('keeps who paused first, and why', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    await pauseLane(database.db, ctx, { reason })
    await pauseLane(database.db, actingAs(ctx, { kind: 'system', name: 'Somebody else' }), { reason: 'Later' })
    const control = database.owner.selectFrom('lane_controls').selectAll().where('lane', '=', ctx.tenantId)
    expect(await control.executeTakeFirst()).toMatchObject({ paused_by: 'Ada Moreau', reason })
  })

  test('wants a reason', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    await expect(pauseLane(database.db, ctx, { reason: '  ' })).rejects.toMatchObject({ reason: 'invalid_input' })
  })
})

describe('pauseType()', () => {
  test('holds back one operation of one workspace, until it is resumed', async () => {
    const [here, elsewhere] = [await givenWorkspace(database.db), await givenWorkspace(database.db)]
    const [ctx, foreign] = [await givenTenant(database.db, here), await givenTenant(database.db, elsewhere)]
    const held = await givenQueued(database.db, ctx)
    const other = await givenQueued(database.db, ctx, { type: 'backup.capture', identity: sha256('another') })
    const abroad = await givenQueued(database.db, foreign)
    await pauseType(database.db, here, 'inventory.sync', { reason })
    expect((await claimed()).toSorted()).toEqual([other, abroad].toSorted())
    await database.owner.deleteFrom('live_runs').where('run_id', '=', other).execute()
    await resumeType(database.db, here, 'inventory.sync')
    expect(await claimed()).toEqual([held])
    expect(await auditOf(here.workspaceId, 'type.resume')).toHaveLength(1)
  })
})

describe('setLaneLimit()', () => {
  test('lets a tenant have as many runs at once, strictly', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    for (const _ of [1, 2, 3, 4]) await givenQueued(database.db, ctx, { identity: sha256(newId()) })
    expect(await claimed()).toHaveLength(1)
    await setLaneLimit(database.db, ctx, 3)
    expect(await claimed()).toHaveLength(2)
    expect(await claimed()).toEqual([])
  })

  test.each([0, 17, 1.5])('refuses %d', async (limit) => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    await expect(setLaneLimit(database.db, ctx, limit)).rejects.toMatchObject({ reason: 'invalid_input' })
  })
})

describe('steerWorker()', () => {
  const host = { accountId: null, name: 'ada on the host' }
  const drain = (worker: WorkerId) => steerWorker(database.db, host, worker, { isDraining: true })

  test('lets a worker keep what it has and take nothing more, until it is resumed', async () => {
    const workspace = await givenWorkspace(database.db)
    const [one, two] = [await givenTenant(database.db, workspace), await givenTenant(database.db, workspace)]
    const owner = await takeLease(database.db, 60_000)
    const first = await givenQueued(database.db, one)
    await claimAll(database.db, owner)
    const second = await givenQueued(database.db, two)
    await drain(owner)
    expect(await claimAll(database.db, owner)).toEqual([])
    const beat = await renewLease(database.db, owner, 60_000)
    expect(beat).toMatchObject({ isDraining: true, held: [{ runId: first }] })
    await steerWorker(database.db, host, owner, { isDraining: false })
    expect(await claimAll(database.db, owner)).toMatchObject([{ runId: second }])
  })

  test('tells a worker that holds nothing, too', async () => {
    const owner = await takeLease(database.db, 60_000, { isDraining: true })
    expect(await renewLease(database.db, owner, 60_000)).toEqual({ isDraining: true, held: [] })
    await drain(owner)
    const [event] = await listPlatformEvents(database.db)
    expect(event).toMatchObject({ by: 'ada on the host', action: 'worker.drain', subject: owner })
  })

  test('refuses a worker that is not there', async () => {
    await expect(drain(newId())).rejects.toMatchObject({ reason: 'not_found' })
  })
})
