import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import type { AdapterRecords } from '#domain/operations/adapter-records.ts'
import { triesUsed, type Claim } from '#domain/operations/claim.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { endLease, takeLease } from '#domain/operations/lease.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { givenClaim, givenEnded } from '#domain/operations/operations-testing.ts'
import { createReconcileRunsHandler } from '#domain/operations/reconcile-runs-handler.ts'
import { claimRuns } from '#domain/operations/claim-runs.ts'
import { showRun } from '#domain/operations/show-run.ts'
import { trackRun } from '#domain/operations/track-run.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { workspaceOf } from '#foundation/kernel/context-testing.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'

/* Each divergence is made by hand, as only a defect or a hand in the database can make it, and must be mended. */
const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })
const never = new AbortController().signal
const sync = { type: 'inventory.sync', input: {}, trigger: 'user' } as const
const fetchAll = { type: 'assignments.fetch', input: { what: { kind: 'all' } }, trigger: 'user' } as const

beforeEach(async () => {
  await database.owner.deleteFrom('live_runs').execute()
  await database.owner.deleteFrom('workers').execute()
})

/** Starts a reconciliation of the workspace, does it, and returns how it ended with what it found. */
async function reconcile(ctx: WorkspaceContext, adapters: readonly AdapterRecords[] = []) {
  const workspace = workspaceOf(ctx)
  const started = await startRun(database.db, workspace, {
    type: 'ops.reconcile_adapter_runs',
    input: {},
    trigger: 'reconcile',
  })
  const owner = await takeLease(database.db, 60_000)
  const order = { owner, types: ['ops.reconcile_adapter_runs'], free: 1, freeForScheduled: 1, after: null }
  const {
    claims: [claim],
  } = await claimRuns(database.db, order)
  if (claim?.runId !== started.runId) throw new Error('the reconciliation could not be claimed')
  const handler = createReconcileRunsHandler({ db: database.db, log, adapters })
  await track(claim, (handle) => handler(workspace, { ...handle, input: {} }))
  await endLease(database.db, owner)
  const run = await getRun(database.db, workspace, started.runId)
  const { items } = await listRunItems(database.db, workspace, started.runId)
  return { run, items, about: (runId: RunId) => items.find((item) => item.key === `run/${runId}`) }
}

async function givenTenantOf(): Promise<TenantContext> {
  return givenTenant(database.db, await givenWorkspace(database.db))
}

/** The queue loses the run. */
async function forget(runId: RunId): Promise<void> {
  await database.owner.deleteFrom('live_runs').where('run_id', '=', runId).execute()
}

function track(claim: Claim, work: Parameters<typeof trackRun>[2]) {
  return trackRun({ db: database.db, log, signal: never, leaseSignal: never }, claim, work)
}

async function givenClaimed(ctx: TenantContext): Promise<Claim> {
  await startRun(database.db, ctx, sync)
  return givenClaim(database.db, ctx)
}

describe('ops.reconcile_adapter_runs', () => {
  test('leaves a workspace in order as it is', async () => {
    const ctx = await givenTenantOf()
    const claim = await givenClaimed(ctx)
    const { run } = await reconcile(ctx)
    expect(run).toMatchObject({
      outcome: 'succeeded',
      counts: { total: 1, processed: 1, succeeded: 1, failed: 0, unchanged: 1 },
      failures: [],
    })
    expect(await getRun(database.db, ctx, claim.runId)).toMatchObject({ status: 'running', attempts: 1 })
  })

  test('queues a pending run without a live row again, above every fence it had', async () => {
    const ctx = await givenTenantOf()
    const { runId } = await startRun(database.db, ctx, sync)
    await forget(runId)
    const { run, about } = await reconcile(ctx)
    expect(run).toMatchObject({ outcome: 'succeeded', counts: { requeued: 1 } })
    expect(about(runId)?.output).toEqual({ found: 'Was pending and not queued; it is queued again.' })
    const claim = await givenClaim(database.db, ctx)
    expect(claim).toMatchObject({ runId, attempt: 101, handBacks: 100, maxAttempts: 5 })
  })

  test('goes on counting the attempts of a run it queued again, whose fence never falls', async () => {
    const ctx = await givenTenantOf()
    const first = await givenClaimed(ctx)
    const { runId } = first
    await track(first, async (run) => {
      await run.items.record([{ key: 'one', label: 'One', outcome: 'succeeded' }])
      throw new Failure('dependency_unreachable', 'No route to host.')
    })
    await forget(runId)
    await reconcile(ctx)
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ status: 'queued', attempts: 1, attemptLog: [] })
    await forget(runId)
    await reconcile(ctx)
    const claim = await givenClaim(database.db, ctx)
    expect(claim).toMatchObject({ runId, attempt: 202 })
    expect(triesUsed(claim)).toBe(1)
    await track(claim, () => Promise.reject(new Failure('dependency_unreachable', 'No route to host.')))
    await database.owner
      .updateTable('live_runs')
      .set({ run_at: new Date(0) })
      .where('run_id', '=', runId)
      .execute()
    await track(await givenClaim(database.db, ctx), async () => ({}))
    const { run, timeline } = await showRun(database.db, ctx, runId)
    expect(run).toMatchObject({ outcome: 'succeeded', attempts: 3, attemptLog: [{ attempt: 2 }, { attempt: 3 }] })
    expect(timeline.map(({ kind }) => kind)).toEqual(['created', 'requeued', 'attempt', 'attempt', 'ended'])
  })

  test('removes a live row whose run has ended', async () => {
    const ctx = await givenTenantOf()
    const ended = await givenEnded(database.db, ctx, sync)
    const live = { workspace_id: ctx.workspaceId, run_id: ended.id, type: sync.type, lane: ctx.tenantId }
    await database.owner
      .insertInto('live_runs')
      .values({ ...live, priority: 0, run_at: new Date(0), max_attempts: 5, time_limit: '1 hour' })
      .execute()
    const { run } = await reconcile(ctx)
    expect(run).toMatchObject({ outcome: 'succeeded', counts: { reconciled: 1, unchanged: 0 } })
    expect(await database.owner.selectFrom('live_runs').selectAll().execute()).toEqual([])
    expect(await getRun(database.db, ctx, ended.id)).toEqual(ended)
  })

  test('queues again what a worker held whose lease is over', async () => {
    const ctx = await givenTenantOf()
    const claim = await givenClaimed(ctx)
    await database.owner
      .updateTable('workers')
      .set({ lease_until: new Date(0) })
      .where('id', '=', claim.owner)
      .execute()
    const { run, about } = await reconcile(ctx)
    expect(run).toMatchObject({ outcome: 'succeeded', counts: { requeued: 1 } })
    expect(about(claim.runId)?.outcome).toBe('succeeded')
    expect(await getRun(database.db, ctx, claim.runId)).toMatchObject({ status: 'queued', attempts: 1 })
  })

  test('ends what a lost worker held with its last attempt', async () => {
    const ctx = await givenTenantOf()
    const claim = await givenClaimed(ctx)
    await database.owner.updateTable('live_runs').set({ max_attempts: 1 }).where('run_id', '=', claim.runId).execute()
    await endLease(database.db, claim.owner)
    const { run } = await reconcile(ctx)
    expect(run.counts).toMatchObject({ reconciled: 1, failed: 0 })
    const ended = await getRun(database.db, ctx, claim.runId)
    expect(ended).toMatchObject({ outcome: 'failed', failures: [{ code: 'run.worker_lost' }] })
  })

  test('releases identities held past their cooldown', async () => {
    const ctx = await givenTenantOf()
    const ended = await givenEnded(database.db, ctx, fetchAll)
    const over = sql<Date>`clock_timestamp() - interval '1 second'`
    await database.owner
      .updateTable('operation_runs')
      .set({ cooldown_until: over })
      .where('id', '=', ended.id)
      .execute()
    const cooling = await givenEnded(database.db, await givenTenant(database.db, ctx), fetchAll)
    const { run } = await reconcile(ctx)
    expect(run.counts).toMatchObject({ total: 1, reconciled: 1 })
    const holders = database.owner.selectFrom('operation_runs').select('id').where('workspace_id', '=', ctx.workspaceId)
    expect(await holders.where('holds', '=', true).execute()).toEqual([{ id: cooling.id }])
  })

  test('reports what waits for long though workers live, and does not touch it', async () => {
    const ctx = await givenTenantOf()
    const { runId } = await startRun(database.db, ctx, sync)
    const held = await startRun(database.db, await givenTenant(database.db, ctx), sync)
    const longAgo = sql<Date>`clock_timestamp() - interval '16 minutes'`
    await database.owner.updateTable('live_runs').set({ run_at: longAgo }).execute()
    await sql`
      insert into lane_controls (workspace_id, lane, paused)
      select workspace_id, lane, true from live_runs where run_id = ${held.runId}`.execute(database.owner)
    const { run, about } = await reconcile(ctx)
    expect(run).toMatchObject({
      outcome: 'succeeded',
      counts: { total: 2, skipped: 1, unchanged: 1 },
      failures: [{ code: 'ops.reconcile_adapter_runs.reported', count: 1 }],
    })
    expect(about(runId)?.outcome).toBe('skipped')
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ status: 'queued', attempts: 0 })
  })

  test('leaves other workspaces alone', async () => {
    const [here, elsewhere] = [await givenTenantOf(), await givenTenantOf()]
    const { runId } = await startRun(database.db, elsewhere, sync)
    await forget(runId)
    const { run } = await reconcile(here)
    expect(run.counts).toEqual({ total: 0, processed: 0, succeeded: 0, failed: 0, skipped: 0, unchanged: 0 })
    expect(await database.owner.selectFrom('live_runs').selectAll().execute()).toEqual([])
  })

  test('has a stable code and a sanitized message when it fails itself', async () => {
    const ctx = await givenTenantOf()
    const broken: AdapterRecords = {
      noun: 'restore',
      type: 'assignments.restore',
      over: () => Promise.reject(new Error('password=hunter2 at postgres://user:secret@host/db')),
      endWithTheirRuns: async () => [],
    }
    const { run } = await reconcile(ctx, [broken])
    expect(run).toMatchObject({ status: 'queued', lastFailure: { code: 'ops.reconcile_adapter_runs.failed' } })
    expect(JSON.stringify(run)).not.toMatch(/hunter2|secret/)
  })

  test('does not overlap with itself', async () => {
    const ctx = await givenTenantOf()
    const start = { type: 'ops.reconcile_adapter_runs', input: {}, trigger: 'reconcile' } as const
    const starts = await Promise.all(Array.from({ length: 8 }, () => startRun(database.db, ctx, start)))
    expect(new Set(starts.map(({ runId }) => runId)).size).toBe(1)
  })
})
