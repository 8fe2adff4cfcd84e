import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { waitForRun } from '#domain/operations/watch-run.ts'
import { openDatabase, type OpenDatabase } from '#foundation/db/database.ts'
import type { EmbeddedPostgres } from '#foundation/db/embedded-postgres.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'
import { spawnWorkerProgram } from '#entrypoints/worker/spawn-worker-testing.ts'
import { givenWorker, untilAborted } from '#entrypoints/worker/worker-testing.ts'

const log = createLog({ level: 'silent', pretty: false })
const capture = { type: 'backup.capture', input: {}, trigger: 'user' } as const

/** A lease that a busy machine keeps, too. */
const patient = { leaseMs: 9_000, heartbeatMs: 1_000 }

async function givenRun({ db }: OpenDatabase): Promise<{ ctx: TenantContext; runId: RunId }> {
  const ctx = await givenTenant(db, await givenWorkspace(db))
  const { runId } = await startRun(db, ctx, capture)
  return { ctx, runId }
}

function ended(database: OpenDatabase, { ctx, runId }: { ctx: TenantContext; runId: RunId }) {
  return waitForRun(database, ctx, runId, { signal: AbortSignal.timeout(50_000), log })
}

/** Lets handlers in one by one: `reached` resolves when one waits, `open` lets it and all later ones through. */
function gate() {
  const reached = Promise.withResolvers<void>()
  const open = Promise.withResolvers<void>()
  const pass = async () => {
    reached.resolve()
    await open.promise
  }
  return { pass, reached: reached.promise, open: open.resolve }
}

/** A way to the database on which, from one moment on, nothing of the connections there are gets through any more. */
async function givenSilence(url: string): Promise<{ url: string; fall(): void } & AsyncDisposable> {
  const behind = new URL(url)
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const server = connect(Number(behind.port), behind.hostname)
    for (const socket of [client, server]) sockets.add(socket.on('error', () => undefined))
    client.pipe(server)
    server.pipe(client)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const before = new URL(behind)
  before.port = String((proxy.address() as AddressInfo).port)
  return {
    url: before.href,
    fall: () => sockets.forEach((socket) => socket.unpipe().pause()),
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy())
      proxy.close()
    },
  }
}

describe('a worker', () => {
  const testDatabase = useTestDatabase()
  let database: OpenDatabase
  let observer: OpenDatabase

  beforeEach(() => {
    database = testDatabase.openAnother({ poolSize: 6, applicationName: 'the worker', statementTimeoutMs: 500, log })
    observer = testDatabase.openAnother({ poolSize: 4, role: 'login' })
  })
  afterEach(async () => {
    await observer.pool.query('delete from live_runs; delete from workers')
    await database.close()
    await observer.close()
  })

  const leases = () => observer.db.selectFrom('workers').select('id').execute()

  test('whose every connection is ended in mid-run keeps its lease, ends the run and does the next', async () => {
    const run = await givenRun(observer)
    const { pass, reached, open } = gate()
    await using _worker = givenWorker(
      database,
      async (_ctx, handle) => {
        await handle.items.plan([{ key: 'a' }])
        await pass()
        await handle.items.record([{ key: 'a', outcome: 'succeeded' }])
        return {}
      },
      patient,
    )
    await reached
    const before = await leases()
    for (let round = 0; round < 3; round += 1) {
      await observer.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'the worker'`,
      )
    }
    // Beats again, on a new connection.
    const { rows } = await observer.pool.query<{ at: Date }>('select clock_timestamp() as at')
    const renewed = () =>
      observer.pool.query(`select from workers where lease_until > $1::timestamptz + interval '9 s'`, [rows[0]?.at])
    await expect.poll(async () => (await renewed()).rowCount, { timeout: 20_000 }).toBe(1)
    open()
    expect(await ended(observer, run)).toMatchObject({ outcome: 'succeeded', attempts: 1, counts: { succeeded: 1 } })
    expect(await leases()).toEqual(before)
    expect(await ended(observer, await givenRun(observer))).toMatchObject({ outcome: 'succeeded', attempts: 1 })
  })

  test('whose handlers use up every connection keeps its heartbeat, and so its run', async () => {
    const run = await givenRun(observer)
    const { pass, reached, open } = gate()
    await using _worker = givenWorker(
      database,
      async () => {
        // More than there are: whatever is free is taken, and who gets none is refused after a while.
        const taken = Array.from({ length: 10 }, async () => {
          const client = await database.pool.connect()
          await pass()
          client.release()
        })
        await Promise.allSettled(taken)
        return {}
      },
      { slots: 1, ...patient },
    )
    await reached
    await expect.poll(() => database.pool.waitingCount, { timeout: 20_000 }).toBeGreaterThan(0)
    const outlived = () => observer.pool.query(`select from workers where lease_until > started_at + interval '20 s'`)
    // Two leases long.
    await expect.poll(async () => (await outlived()).rowCount, { timeout: 40_000 }).toBe(1)
    open()
    expect(await ended(observer, run)).toMatchObject({ outcome: 'succeeded', attempts: 1 })
  })

  test('with a handler whose statement takes too long tries the run again and goes on', async () => {
    const run = await givenRun(observer)
    await using _worker = givenWorker(database, async (_ctx, handle) => {
      if (handle.attempt === 1) await sql`select pg_sleep(60)`.execute(database.db)
      return {}
    })
    expect(await ended(observer, run)).toMatchObject({ outcome: 'succeeded', attempts: 2 })
  })

  test('whose connections fall silent gives up its run in time, and goes on over new ones', async () => {
    await using silent = await givenSilence(testDatabase.url)
    const behind = testDatabase.openAnother({ url: silent.url, poolSize: 6, log })
    const run = await givenRun(observer)
    const worker = givenWorker(behind, async (_ctx, handle) => (handle.attempt > 1 ? {} : untilAborted(handle.signal)))
    const status = async () => (await getRun(observer.db, run.ctx, run.runId)).status
    await expect.poll(status, { timeout: 20_000 }).toBe('running')
    silent.fall()
    expect(await ended(observer, run)).toMatchObject({ outcome: 'succeeded', attempts: 2 })
    await worker.stop()
    await behind.close()
  })

  test('serves callers that are many more than its connections: each start is answered, none twice', async () => {
    const ctx = await givenTenant(observer.db, await givenWorkspace(observer.db))
    const narrow = testDatabase.openAnother({ poolSize: 2 })
    const starts = await Promise.all(Array.from({ length: 60 }, () => startRun(narrow.db, ctx, capture)))
    await narrow.close()
    expect(new Set(starts.map(({ runId }) => runId)).size).toBe(1)
    expect(starts.filter(({ disposition }) => disposition === 'created')).toHaveLength(1)
  })
})

describe('a worker process', () => {
  let postgres: EmbeddedPostgres
  let database: OpenDatabase

  beforeAll(async () => {
    postgres = await startTemporaryPostgres()
    await migrate({ url: postgres.url })
    database = openDatabase({ url: postgres.url, role: 'login', poolSize: 4, applicationName: 'observer', log })
  })
  afterAll(async () => {
    await database.close()
    await postgres.stop()
  })

  /** What a reader asks for until the database answers. */
  async function asked<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return ask().catch(() => undefined)
  }

  async function postmaster(): Promise<number> {
    const { rows } = await database.pool.query<{ pid: string }>(
      `select split_part(pg_read_file('postmaster.pid'), e'\\n', 1) as pid`,
    )
    return Number(rows[0]?.pid)
  }

  /** A backend of the worker that is not ours. */
  async function backend(): Promise<number> {
    const { rows } = await database.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'worker process' limit 1`,
    )
    return rows[0]?.pid ?? 0
  }

  test.each([
    // SIGQUIT: immediate shutdown, without a word to the clients.
    ['is stopped at once and started again', async () => process.kill(await postmaster(), 'SIGQUIT')],
    ['loses one backend to SIGKILL and recovers', async () => process.kill(await backend(), 'SIGKILL')],
  ])('outlives a server that %s in mid-run: one end, every item once, the next run done', async (_, crash) => {
    const run = await givenRun(database)
    const items = 8
    await using worker = spawnWorkerProgram({ url: postgres.url, items, pauseMs: 150, leaseMs: 6_000 })
    const done = async () =>
      (await asked(() => listRunItems(database.db, run.ctx, run.runId)))?.items.filter(
        ({ outcome }) => outcome === 'succeeded',
      ).length
    await expect.poll(done, { timeout: 40_000 }).toBeGreaterThan(1)
    await crash()
    const view = () => asked(() => getRun(database.db, run.ctx, run.runId))
    await expect.poll(async () => (await view())?.status, { timeout: 50_000 }).toBe('completed')
    const counts = { total: items, processed: items, succeeded: items, failed: 0, skipped: 0 }
    expect(await view()).toMatchObject({ outcome: 'succeeded', counts })
    const { rows } = await database.pool.query(
      `select outcome from audit_entries where run_id = $1 and action = 'run.completed'`,
      [run.runId],
    )
    expect(rows).toEqual([{ outcome: 'succeeded' }])
    expect(worker.isGone()).toBe(false)
    expect(await ended(database, await givenRun(database))).toMatchObject({ outcome: 'succeeded', attempts: 1 })
    worker.kill('SIGTERM')
    expect(await worker.exited).toEqual({ code: 0, signal: null })
  })
})
