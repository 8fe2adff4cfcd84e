import { describe, expect, test } from 'vitest'
import { ensureRun, ensureRuns, startRun, type RunStart } from '#domain/operations/ensure-run.ts'
import { ensureRow } from '#domain/operations/ensure-run.store.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { givenClaim, givenEnded, newRunRow } from '#domain/operations/operations-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { actingAs, forgeries } from '#foundation/kernel/context-testing.ts'

const database = useTestDatabase()
const sync = { type: 'inventory.sync', input: {}, trigger: 'user' } as const
const fetchAll = { type: 'assignments.fetch', input: { what: { kind: 'all' } }, trigger: 'user' } as const

describe('startRun()', () => {
  test('creates a queued run', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const started = await startRun(database.db, ctx, { ...sync, context: { page: 'tenants' } })
    expect(started.disposition).toBe('created')
    expect(await getRun(database.db, ctx, started.runId)).toMatchObject({
      type: 'inventory.sync',
      label: 'Inventory sync',
      status: 'queued',
      outcome: 'pending',
      tenant: { id: ctx.tenantId, ref: ctx.tenantRef, name: ctx.tenantName },
      initiator: { name: 'Ada Moreau' },
      context: { page: 'tenants' },
      attempts: 0,
    })
  })

  test.each(Object.entries(forgeries))('refuses %s for a scope, and starts nothing', async (_words, forge) => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const forged = forge(ctx) as TenantContext
    await expect(startRun(database.db, forged, sync)).rejects.toThrow(TypeError)
    const runs = database.owner.selectFrom('operation_runs').select('id').where('workspace_id', '=', ctx.workspaceId)
    expect(await runs.execute()).toEqual([])
  })

  test('refuses whoever lost their access after they were let in', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    if (ctx.actor.kind !== 'user') throw new TypeError('a workspace of a test is acted upon by its owner')
    const { userId } = ctx.actor
    const { version } = await inWorkspace(database.db, ctx, (tx) =>
      tx.selectFrom('workspace_members').select('version').where('user_id', '=', userId).executeTakeFirstOrThrow(),
    )
    const admitted = (memberVersion: number) =>
      ctx.under({ userId, memberVersion, sessionId: null, apiKeyId: null, tenantIds: null })
    await expect(startRun(database.db, admitted(version + 1), sync)).rejects.toMatchObject({ reason: 'access_ended' })
    expect(await startRun(database.db, admitted(version), sync)).toMatchObject({ disposition: 'created' })
  })

  test('gives 64 parallel callers on many connections one run', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    await using another = database.openAnother({ poolSize: 32 })
    await using third = database.openAnother({ poolSize: 32 })
    const starts = await Promise.all(
      Array.from({ length: 64 }, (_, n) => startRun(n % 2 ? another.db : third.db, ctx, sync)),
    )
    expect(new Set(starts.map((start) => start.runId)).size).toBe(1)
    expect(starts.filter((start) => start.disposition === 'created')).toHaveLength(1)
    expect(starts.filter((start) => start.disposition === 'active')).toHaveLength(63)
    const rows = await database.owner
      .selectFrom('operation_runs')
      .select('id')
      .where('tenant_id', '=', ctx.tenantId)
      .execute()
    expect(rows).toHaveLength(1)
  })

  test('keeps identities of two tenants and of two inputs apart', async () => {
    const workspace = await givenWorkspace(database.db)
    const [one, two] = [await givenTenant(database.db, workspace), await givenTenant(database.db, workspace)]
    const types: RunStart<'assignments.fetch'> = { ...fetchAll, input: { what: { kind: 'types', types: ['intents'] } } }
    const starts = [
      await startRun(database.db, one, fetchAll),
      await startRun(database.db, two, fetchAll),
      await startRun(database.db, one, types),
    ]
    expect(starts.map((start) => start.disposition)).toEqual(['created', 'created', 'created'])
  })

  test('never replaces the initiator of a run that is reused', async () => {
    const workspace = await givenWorkspace(database.db)
    const ctx = await givenTenant(database.db, workspace)
    const { runId } = await startRun(database.db, ctx, sync)
    const scheduler = actingAs(ctx, { kind: 'system', name: 'scheduler' })
    await startRun(database.db, scheduler, { ...sync, trigger: 'schedule' })
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ initiator: { name: 'Ada Moreau' }, trigger: 'user' })
  })

  test('answers with the run that just ended and when the same may run again', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const ended = await givenEnded(database.db, ctx, fetchAll)
    const again = await startRun(database.db, ctx, fetchAll)
    expect(again).toMatchObject({ disposition: 'cooldown', runId: ended.id })
    const minutes =
      again.disposition === 'cooldown' && (again.retryAt.getTime() - (ended.completedAt?.getTime() ?? 0)) / 60_000
    expect(minutes).toBe(15)
  })

  test('starts an operation without cooldown again at once', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    await givenEnded(database.db, ctx, sync)
    expect(await startRun(database.db, ctx, sync)).toMatchObject({ disposition: 'created' })
  })

  test('has no cooldown after a run that was blocked', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const ended = await givenEnded(database.db, ctx, fetchAll, { kind: 'finish', verdict: 'blocked', result: {} })
    expect(ended.outcome).toBe('blocked')
    expect(await startRun(database.db, ctx, fetchAll)).toMatchObject({ disposition: 'created' })
  })

  test('refuses an input that the catalogue does not allow, naming the field', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const input = { what: { kind: 'policies', policyIds: ['not-an-id'] } }
    // @ts-expect-error an id is not any text
    const start = startRun(database.db, ctx, { ...fetchAll, input })
    await expect(start).rejects.toMatchObject({
      reason: 'invalid_input',
      message: expect.stringContaining('policyIds'),
    })
  })
})

describe('ensureRun()', () => {
  test('leaves nothing when the caller rolls back', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const start = inWorkspace(database.db, ctx, async (tx) => {
      await ensureRun(tx, ctx, sync)
      throw new Error('changed my mind')
    })
    await expect(start).rejects.toThrow('changed my mind')
    expect(await startRun(database.db, ctx, sync)).toMatchObject({ disposition: 'created' })
  })

  test('makes the second start of one transaction find the first', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const both = await inWorkspace(database.db, ctx, async (tx) => [
      await ensureRun(tx, ctx, sync),
      await ensureRun(tx, ctx, sync),
    ])
    expect(both.map((start) => start.disposition)).toEqual(['created', 'active'])
  })
})

describe('ensureRuns()', () => {
  test('starts one run per tenant and says which tenants have one already', async () => {
    const workspace = await givenWorkspace(database.db)
    const tenants = [1, 2, 3, 4].map(() => givenTenant(database.db, workspace))
    const [fresh, active, cooling, over] = await Promise.all(tenants)
    if (!fresh || !active || !cooling || !over) throw new Error('four tenants')
    const running = await startRun(database.db, active, fetchAll)
    const ended = await givenEnded(database.db, cooling, fetchAll)
    const past = await givenEnded(database.db, over, fetchAll)
    await database.owner
      .updateTable('operation_runs')
      .set({ cooldown_until: past.completedAt })
      .where('id', '=', past.id)
      .execute()
    const ids = [fresh, active, cooling, over].map((ctx) => ctx.tenantId)
    const started = await inWorkspace(database.db, workspace, (tx) =>
      ensureRuns(tx, workspace, fetchAll, [...ids, ...ids]),
    )
    expect(started.size).toBe(4)
    expect(started.get(fresh.tenantId)).toMatchObject({ disposition: 'created' })
    expect(started.get(active.tenantId)).toEqual({ disposition: 'active', runId: running.runId })
    expect(started.get(cooling.tenantId)).toMatchObject({ disposition: 'cooldown', runId: ended.id })
    expect(started.get(over.tenantId)).toMatchObject({ disposition: 'created' })
  })

  test('lets two batches over the same tenants at once start each tenant once', async () => {
    const workspace = await givenWorkspace(database.db)
    const tenants = await Promise.all(Array.from({ length: 40 }, () => givenTenant(database.db, workspace)))
    const ids = tenants.map((ctx) => ctx.tenantId)
    const start = (list: typeof ids) =>
      inWorkspace(database.db, workspace, (tx) => ensureRuns(tx, workspace, sync, list))
    const batches = await Promise.all([start(ids), start(ids.toReversed()), start(ids), start(ids.toReversed())])
    const answers = batches.flatMap((batch) => [...batch.values()])
    expect(answers).toHaveLength(160)
    expect(answers.filter((answer) => answer.disposition === 'created')).toHaveLength(40)
    expect(new Set(answers.map((answer) => answer.runId)).size).toBe(40)
  })
})

describe('a workspace-scoped run', () => {
  test('is held apart from those of tenants and of other workspaces', async () => {
    const [one, two] = [await givenWorkspace(database.db), await givenWorkspace(database.db)]
    const tenant = await givenTenant(database.db, one)
    const rows = [newRunRow(one, null), newRunRow(one, null), newRunRow(two, null), newRunRow(one, tenant.tenantId)]
    const dispositions = []
    for (const row of rows) dispositions.push((await ensureRow(database.db, row)).disposition)
    expect(dispositions).toEqual(['created', 'active', 'created', 'created'])
  })

  test('is created once by 32 parallel callers', async () => {
    const workspace = await givenWorkspace(database.db)
    const starts = await Promise.all(
      Array.from({ length: 32 }, () => ensureRow(database.db, newRunRow(workspace, null))),
    )
    expect(starts.filter((start) => start.disposition === 'created')).toHaveLength(1)
  })

  test('queues in the lane of its workspace', async () => {
    const workspace = await givenWorkspace(database.db)
    await ensureRow(database.db, newRunRow(workspace, null))
    const claim = await givenClaim(database.db, workspace)
    expect(claim?.lane).toBe(workspace.workspaceId)
    expect(claim?.ctx).not.toHaveProperty('tenantId')
  })
})
