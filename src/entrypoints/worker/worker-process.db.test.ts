import { describe, expect, test } from 'vitest'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { waitForRun } from '#domain/operations/watch-run.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'
import { spawnWorkerProgram } from '#entrypoints/worker/spawn-worker-testing.ts'
import type { WorkerProgramSettings } from '#entrypoints/worker/worker-program.fixture.ts'

const database = useTestDatabase()
const items = 5

/** A real worker process on the test's database; disposing kills it if it still lives. */
function spawnWorker(change: Partial<WorkerProgramSettings> = {}, failpoint?: string) {
  return spawnWorkerProgram({ url: database.url, items, leaseMs: 4_000, ...change }, failpoint)
}

async function givenRun(): Promise<{ ctx: TenantContext; runId: RunId }> {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  const { runId } = await startRun(database.db, ctx, { type: 'backup.capture', input: {}, trigger: 'user' })
  return { ctx, runId }
}

async function ended(ctx: TenantContext, runId: RunId) {
  await using opened = database.openAnother({ poolSize: 2 })
  const log = createLog({ level: 'silent', pretty: false })
  return await waitForRun(opened, ctx, runId, { signal: AbortSignal.timeout(40_000), log })
}

async function itemsDone(ctx: TenantContext, runId: RunId) {
  const { items: all } = await listRunItems(database.db, ctx, runId)
  return all.filter((one) => one.outcome !== 'planned')
}

async function runEndEntries(runId: RunId) {
  const entries = database.owner.selectFrom('audit_entries').select('outcome').where('run_id', '=', runId)
  return entries.where('action', '=', 'run.completed').execute()
}

const whole = { total: items, processed: items, succeeded: items, failed: 0, skipped: 0 }

describe('a worker process', () => {
  test('that is killed in the middle of a run loses it to another, which resumes and counts nothing twice', async () => {
    const { ctx, runId } = await givenRun()
    await using first = spawnWorker({ waitAfter: 2 })
    await expect.poll(() => itemsDone(ctx, runId), { timeout: 20_000 }).toHaveLength(2)
    first.kill('SIGKILL')
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await using _second = spawnWorker()
    expect(await ended(ctx, runId)).toMatchObject({ outcome: 'succeeded', attempts: 2, counts: whole })
    expect((await itemsDone(ctx, runId)).map((one) => one.attempt)).toEqual([1, 1, 2, 2, 2])
    expect(await runEndEntries(runId)).toEqual([{ outcome: 'succeeded' }])
  })

  test.each([
    ['right after its claim', 'run.claimed:kill@1', 2],
    ['right before the terminal transaction', 'run.ending:kill@1', 2],
    ['right after the terminal transaction', 'run.ended:kill@1', 1],
    ['at a heartbeat', 'worker.heartbeat:kill@4', expect.any(Number)],
  ])('that dies %s leaves one end and one audit entry', async (_, failpoint, attempts) => {
    const { ctx, runId } = await givenRun()
    await using first = spawnWorker(failpoint.startsWith('worker') ? { waitAfter: 2 } : {}, failpoint)
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await using _second = spawnWorker()
    expect(await ended(ctx, runId)).toMatchObject({ outcome: 'succeeded', attempts, counts: whole })
    expect(await runEndEntries(runId)).toHaveLength(1)
  })

  test('that is told to stop finishes its item, gives its run back and exits with 0', async () => {
    const { ctx, runId } = await givenRun()
    await using first = spawnWorker({ waitAfter: 3, leaseMs: 60_000 })
    await expect.poll(() => itemsDone(ctx, runId), { timeout: 20_000 }).toHaveLength(3)
    first.kill('SIGTERM')
    expect(await first.exited).toEqual({ code: 0, signal: null })
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ status: 'queued', attempts: 1 })
    const leases = database.owner.selectFrom('workers').select('id').where('pid', '=', first.pid)
    expect(await leases.execute()).toEqual([])
    await using _second = spawnWorker()
    expect(await ended(ctx, runId)).toMatchObject({ outcome: 'succeeded', counts: whole })
  })
})
