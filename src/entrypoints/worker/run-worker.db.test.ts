import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { givenQueued } from '#domain/operations/operations-testing.ts'
import { listWorkers } from '#domain/operations/list-workers.ts'
import { takeLease } from '#domain/operations/lease.ts'
import { waitForRun, watchRun } from '#domain/operations/watch-run.ts'
import type { RunAbort } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId, type RunId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'
import { givenWorker, untilAborted, type TestHandler } from '#entrypoints/worker/worker-testing.ts'

const testDatabase = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })
let database: OpenDatabase

beforeEach(() => {
  database = testDatabase.openAnother({ poolSize: 20 })
})

afterEach(async () => {
  await testDatabase.pool.query('delete from live_runs; delete from workers; delete from lane_controls')
  await database.close()
})

const capture = { type: 'backup.capture', input: {}, trigger: 'user' } as const

async function givenRun(): Promise<{ ctx: TenantContext; runId: RunId }> {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  const { runId } = await startRun(database.db, ctx, capture)
  return { ctx, runId }
}

function ended(ctx: TenantContext, runId: RunId): Promise<RunView> {
  return waitForRun(database, ctx, runId, { signal: AbortSignal.timeout(50_000), log })
}

/** Handlers that wait until the test lets them go; `started` names the tenants in the order in which they began. */
function gated() {
  const started: string[] = []
  const gates = new Map<string, () => void>()
  const handler: TestHandler = async (ctx, run) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    gates.set(run.runId, resolve)
    started.push(ctx.tenantId)
    await Promise.race([promise, untilAborted(run.signal)])
    return {}
  }
  const openOne = () => {
    const [runId, open] = [...gates][0] ?? []
    if (runId !== undefined) gates.delete(runId)
    open?.()
  }
  return { started, handler, openOne }
}

describe('runWorker()', () => {
  test('gives the handler its tenant, its input and its actor, and ends the run', async () => {
    const { ctx, runId } = await givenRun()
    let seen: unknown
    await using _worker = givenWorker(database, async (of, run, type) => {
      seen = { of, input: run.input, type, attempt: run.attempt }
      await run.items.record([{ key: 'a', outcome: 'succeeded' }])
      return {}
    })
    expect(await ended(ctx, runId)).toMatchObject({ outcome: 'succeeded', counts: { total: 1, succeeded: 1 } })
    expect(seen).toEqual({ of: ctx, input: {}, type: 'backup.capture', attempt: 1 })
  })

  test('finds a run it was never told of by polling', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const { started, handler, openOne } = gated()
    await using _worker = givenWorker(database, handler)
    await expect.poll(() => testDatabase.owner.selectFrom('workers').select('id').execute()).toHaveLength(1)
    // Only the row: no notification is sent.
    await givenQueued(database.db, ctx)
    await expect.poll(() => started).toEqual([ctx.tenantId])
    openOne()
  })

  test('does not let a tenant with many runs hold back another', async () => {
    const workspace = await givenWorkspace(database.db)
    const [noisy, quiet] = [await givenTenant(database.db, workspace), await givenTenant(database.db, workspace)]
    const lane = { workspace_id: workspace.workspaceId, lane: noisy.tenantId, concurrency: 100 }
    await testDatabase.owner.insertInto('lane_controls').values(lane).execute()
    for (let i = 0; i < 30; i += 1) {
      await givenQueued(database.db, noisy, { identity: sha256(newId()), priority: 'interactive' })
    }
    const { started, handler, openOne } = gated()
    await using _worker = givenWorker(database, handler, { slots: 4 })
    await expect.poll(() => started.length).toBe(4)
    await givenQueued(database.db, quiet, { priority: 'interactive' })
    openOne()
    await expect.poll(() => started.length).toBe(5)
    expect(started[4]).toBe(quiet.tenantId)
  })

  test('keeps slots for runs somebody waits for', async () => {
    const workspace = await givenWorkspace(database.db)
    const tenants = await Promise.all(Array.from({ length: 4 }, () => givenTenant(database.db, workspace)))
    for (const ctx of tenants) await givenQueued(database.db, ctx, { priority: 'scheduled' })
    const { started, handler } = gated()
    await using _worker = givenWorker(database, handler, { slots: 3, interactiveSlots: 1 })
    await expect.poll(() => started.length).toBe(2)
    const { ctx } = await givenRun()
    await expect.poll(() => started.length).toBe(3)
    expect(started[2]).toBe(ctx.tenantId)
  })

  test('ends a queued run at once when it is cancelled', async () => {
    const { ctx, runId } = await givenRun()
    expect(await cancelRun(database.db, ctx, runId)).toBe('cancelled')
    expect(await getRun(database.db, ctx, runId)).toMatchObject({
      status: 'completed',
      outcome: 'cancelled',
      attempts: 0,
    })
    await expect(cancelRun(database.db, ctx, runId)).rejects.toMatchObject({ reason: 'invalid_state' })
    await expect(cancelRun(database.db, ctx, newId())).rejects.toMatchObject({ reason: 'not_found' })
    const entries = testDatabase.owner
      .selectFrom('audit_entries')
      .select(['action', 'outcome'])
      .where('run_id', '=', runId)
    expect(await entries.orderBy('at').execute()).toEqual([
      { action: 'run.completed', outcome: 'cancelled' },
      { action: 'run.cancel', outcome: 'cancelled' },
    ])
  })

  test('ends a running run after its current item when it is cancelled', async () => {
    const { ctx, runId } = await givenRun()
    await using _worker = givenWorker(
      database,
      async (_ctx, run) => {
        await run.items.plan([{ key: 'a' }, { key: 'b' }])
        await untilAborted(run.signal).catch(() => undefined)
        await run.items.record([{ key: 'a', outcome: 'succeeded' }])
        throw run.signal.reason
      },
      // Longer than the test: only the notification can bring the news in time.
      { leaseMs: 300_000, heartbeatMs: 100_000 },
    )
    await expect.poll(async () => (await getRun(database.db, ctx, runId)).status).toBe('running')
    expect(await cancelRun(database.db, ctx, runId)).toBe('requested')
    expect(await ended(ctx, runId)).toMatchObject({
      outcome: 'cancelled',
      counts: { total: 2, processed: 1, succeeded: 1 },
    })
  })

  test('stops a run that takes longer than its operation may', async () => {
    const { ctx, runId } = await givenRun()
    await testDatabase.owner
      .updateTable('live_runs')
      .set({ time_limit: '0 s', max_attempts: 1 })
      .where('run_id', '=', runId)
      .execute()
    await using _worker = givenWorker(database, async (_ctx, run) => untilAborted(run.signal))
    expect(await ended(ctx, runId)).toMatchObject({ outcome: 'failed', failures: [{ code: 'run.deadline_exceeded' }] })
  })

  test('stops what it runs when its lease was ended by others, and goes on under a new one', async () => {
    const { ctx, runId } = await givenRun()
    const aborts: RunAbort[] = []
    await using _worker = givenWorker(database, async (_ctx, run) => {
      if (run.attempt === 1) {
        await untilAborted(run.signal).catch((reason: RunAbort) => aborts.push(reason))
        throw run.signal.reason
      }
      return {}
    })
    await expect.poll(async () => (await getRun(database.db, ctx, runId)).status).toBe('running')
    await database.pool.query('delete from workers')
    expect(await ended(ctx, runId)).toMatchObject({ outcome: 'succeeded', attempts: 2 })
    expect(aborts).toEqual(['lease_lost'])
  })

  test('stops what it runs when it cannot renew its lease, before others may take it', async () => {
    const { ctx, runId } = await givenRun()
    const { promise: stopped, resolve } = Promise.withResolvers<RunAbort>()
    await using worker = givenWorker(database, async (_ctx, run) => {
      if (run.attempt > 1) return {}
      return untilAborted(run.signal).catch((reason: RunAbort) => {
        resolve(reason)
        throw reason
      })
    })
    await expect.poll(async () => (await getRun(database.db, ctx, runId)).status).toBe('running')
    const holder = await testDatabase.pool.connect()
    await holder.query('begin; select from workers for update')
    expect(await stopped).toBe('lease_lost')
    // Two thirds of the lease have passed, not the whole of it: nobody else can have the run yet.
    const { rows } = await holder.query<{ good: boolean }>(
      'select lease_until > clock_timestamp() as good from workers',
    )
    expect(rows).toEqual([{ good: true }])
    await holder.query('rollback')
    holder.release()
    expect(await ended(ctx, runId)).toMatchObject({ outcome: 'succeeded', attempts: 2 })
    await worker.stop()
  })

  test('settles a claim whose answer it never got', async () => {
    const { ctx, runId } = await givenRun()
    await using _worker = givenWorker(database, async () => ({}), { slots: 1, pollMs: 60_000 })
    await ended(ctx, runId)
    // As if the answer of a claim by this very worker had been lost: leased to it, and it does not know.
    const { rows } = await database.pool.query<{ id: string }>('select id from workers')
    const lost = await testDatabase.owner.transaction().execute(async (tx) => {
      const queued = await givenQueued(tx, ctx)
      await tx
        .updateTable('live_runs')
        .set({ leased: true, lease_owner: rows[0]?.id ?? null, attempt: 1, deadline_at: new Date('2100-01-01') })
        .where('run_id', '=', queued)
        .execute()
      return queued
    })
    expect(await ended(ctx, lost)).toMatchObject({ outcome: 'succeeded', attempts: 2 })
  })

  test('does not take its own end for a lost lease, however often it beats meanwhile', async () => {
    const lines: string[] = []
    const heard = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) })
    for (let n = 0; n < 8; n += 1) {
      const worker = givenWorker(database, async () => ({}), { log: heard, heartbeatMs: 1 })
      await expect.poll(() => listWorkers(database.db)).toHaveLength(1)
      await worker.stop()
    }
    expect(lines).toEqual([])
  })

  test('gives back on shutdown what did not stop in time, and lets it change nothing any more', async () => {
    const { ctx, runId } = await givenRun()
    const { promise: late, resolve } = Promise.withResolvers<unknown>()
    const { promise: goOn, resolve: letGoOn } = Promise.withResolvers<void>()
    const worker = givenWorker(
      database,
      async (_ctx, run) => {
        await goOn
        await run.items.record([{ key: 'a', outcome: 'failed' }]).catch(resolve)
        return {}
      },
      { drainMs: 50 },
    )
    await expect.poll(async () => (await getRun(database.db, ctx, runId)).status).toBe('running')
    await worker.stop()
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ status: 'queued', attempts: 1 })
    letGoOn()
    expect(String(await late)).toContain('is not held any more')
    await using _next = givenWorker(database, async () => ({}))
    expect(await ended(ctx, runId)).toMatchObject({ outcome: 'succeeded', attempts: 2, counts: { total: 0 } })
  })

  test('that stops while a claim is under way does not take back what it gives back', async () => {
    const { ctx, runId } = await givenRun()
    const { promise: begun, resolve } = Promise.withResolvers<AbortSignal>()
    const worker = givenWorker(database, async (_ctx, run) => {
      resolve(run.signal)
      return untilAborted(run.signal)
    })
    const signal = await begun
    const holder = await database.pool.connect()
    // The lock of all claims: the next one has to wait for it.
    await holder.query('begin; select pg_advisory_xact_lock(7341001)')
    const waiting = () =>
      holder.query(`select from pg_locks where locktype = 'advisory' and not granted and objid = 7341001`)
    await expect.poll(async () => (await waiting()).rowCount).toBe(1)
    const stopped = worker.stop()
    expect(signal.aborted).toBe(false)
    await holder.query('commit')
    holder.release()
    await stopped
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ status: 'queued', attempts: 1 })
  })

  test('alone on its database takes the runs of earlier processes back at once', async () => {
    const { ctx, runId } = await givenRun()
    const dead = await takeLease(database.db, 3_600_000)
    await testDatabase.pool.query(
      `update live_runs set leased = true, lease_owner = $1, attempt = 1, deadline_at = clock_timestamp() + time_limit`,
      [dead],
    )
    await using _worker = givenWorker(database, async () => ({}), { solo: true })
    expect(await ended(ctx, runId)).toMatchObject({ outcome: 'succeeded', attempts: 2 })
  })

  test('refuses settings that cannot hold a lease', async () => {
    await expect(givenWorker(database, async () => ({}), { leaseMs: 1_000, heartbeatMs: 900 }).stop()).rejects.toThrow(
      RangeError,
    )
    await expect(givenWorker(database, async () => ({}), { slots: 0 }).stop()).rejects.toThrow(RangeError)
  })
})

describe('watchRun()', () => {
  test('yields the run, its changes, and its end', async () => {
    const { ctx, runId } = await givenRun()
    const { handler, openOne } = gated()
    await using _worker = givenWorker(database, async (...args) => {
      args[1].progress({ processed: 1, total: 2, step: 'half' })
      return handler(...args)
    })
    const seen: string[] = []
    for await (const run of watchRun(database, ctx, runId, { signal: AbortSignal.timeout(50_000), log })) {
      seen.push(run.progress === null ? run.status : `${run.status} ${run.progress.step}`)
      if (run.progress !== null) openOne()
    }
    expect(seen.at(-1)).toBe('completed')
    expect(seen).toContain('running half')
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('refuses a run of another workspace', async () => {
    const { runId } = await givenRun()
    const stranger = await givenWorkspace(database.db)
    const watched = watchRun(database, stranger, runId, { signal: AbortSignal.timeout(50_000), log }).next()
    await expect(watched).rejects.toMatchObject({ reason: 'not_found' })
  })

  test('ends when the watcher goes away', async () => {
    const { ctx, runId } = await givenRun()
    const gone = new AbortController()
    for await (const run of watchRun(database, ctx, runId, { signal: gone.signal, log })) {
      expect(run.status).toBe('queued')
      gone.abort()
    }
    await expect(waitForRun(database, ctx, runId, { signal: gone.signal, log })).rejects.toThrow('aborted')
  })
})
