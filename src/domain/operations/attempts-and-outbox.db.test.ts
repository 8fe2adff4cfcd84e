import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import type { Claim } from '#domain/operations/claim.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { endLease } from '#domain/operations/lease.ts'
import type { RunItem } from '#domain/operations/operation.ts'
import { givenClaim } from '#domain/operations/operations-testing.ts'
import { recoverRuns } from '#domain/operations/recover-runs.ts'
import { trackRun, type Work } from '#domain/operations/track-run.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { createLog } from '#foundation/observability/log.ts'

/* What an attempt leaves beside the outcome: its line in the attempt log, and what shall be told. */
const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })
const capture = { type: 'backup.capture', input: {}, trigger: 'user' } as const
const never = new AbortController().signal
const done: RunItem = { key: 'a', outcome: 'succeeded' }

async function givenRun(): Promise<{ ctx: TenantContext; claim: Claim }> {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  await startRun(database.db, ctx, capture)
  return { ctx, claim: await givenClaim(database.db, ctx) }
}

function track(claim: Claim, work: Work) {
  return trackRun({ db: database.db, log, signal: never, leaseSignal: never }, claim, work)
}

async function finish(claim: Claim): Promise<void> {
  await track(claim, async (run) => {
    await run.items.record([done])
    return {}
  })
}

async function loseWorker(claim: Claim): Promise<void> {
  await endLease(database.db, claim.owner)
  await recoverRuns({ db: database.db, log }, never)
}

describe('the attempt log of a run', () => {
  test('keeps how each attempt ended, and says who made it', async () => {
    const { ctx, claim } = await givenRun()
    await loseWorker(claim)
    const second = await givenClaim(database.db, ctx)
    await track(second, async () => {
      throw new Failure('throttled', 'Graph asks to wait.', { retryAfterMs: 1 })
    })
    await database.owner
      .updateTable('lane_controls')
      .set({ blocked_until: null })
      .where('lane', '=', ctx.tenantId)
      .execute()
    await database.owner
      .updateTable('live_runs')
      .set({ run_at: new Date(0) })
      .where('run_id', '=', claim.runId)
      .execute()
    expect((await getRun(database.db, ctx, claim.runId)).attemptLog).toHaveLength(2)
    await finish(await givenClaim(database.db, ctx))
    const { attemptLog, completedAt } = await getRun(database.db, ctx, claim.runId)
    const worker = expect.stringMatching(/^\S+ \(\d+\)$/)
    expect(attemptLog).toMatchObject([
      { attempt: 1, worker, end: 'retry', failure: { code: 'run.worker_lost' } },
      { attempt: 2, worker, end: 'throttled', failure: { reason: 'throttled' } },
      { attempt: 3, worker, end: 'succeeded', failure: null, nextAt: null },
    ])
    expect(new Date(attemptLog[2]?.endedAt ?? 0)).toEqual(completedAt)
  })

  test('keeps the first and the latest attempts of a run that was tried very often', async () => {
    const { ctx, claim } = await givenRun()
    const long = JSON.stringify(Array.from({ length: 49 }, (_, n) => ({ attempt: n + 1, end: 'throttled' })))
    await database.owner.updateTable('live_runs').set({ attempt_log: long }).where('run_id', '=', claim.runId).execute()
    await loseWorker(claim)
    const { attemptLog } = await getRun(database.db, ctx, claim.runId)
    expect(attemptLog).toHaveLength(49)
    expect(attemptLog.map((one) => one.attempt).slice(0, 3)).toEqual([1, 3, 4])
  })
})

describe('the outbox', () => {
  test('leaves one outbox row in the terminal transaction of what somebody started, and none for the system', async () => {
    const { ctx, claim } = await givenRun()
    const rows = database.owner.selectFrom('outbox').selectAll().where('workspace_id', '=', ctx.workspaceId)
    expect(await rows.execute()).toEqual([])
    await finish(claim)
    const audit = database.owner.selectFrom('audit_entries').select('id').where('run_id', '=', claim.runId)
    const [entry] = await audit.execute()
    expect(await rows.execute()).toMatchObject([{ id: entry?.id, event: 'run.completed', run_id: claim.runId }])
    await startRun(database.db, ctx, { type: 'inventory.sync', input: {}, trigger: 'system' })
    await finish(await givenClaim(database.db, ctx))
    expect(await rows.execute()).toHaveLength(1)
    const { runId } = await startRun(database.db, ctx, { type: 'connection.verify', input: {}, trigger: 'api' })
    await cancelRun(database.db, ctx, runId)
    expect((await rows.execute()).map((row) => row.run_id)).toContain(runId)
  })
})

describe('startRun()', () => {
  test('makes a run that waits claimable only after its delay', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const { runId } = await startRun(database.db, ctx, { ...capture, delayMs: 3_600_000 })
    await expect(givenClaim(database.db, ctx)).rejects.toThrow('no run of this lane can be claimed')
    const { rows } = await sql<{ waits: boolean }>`
      select l.run_at - r.created_at between interval '1 hour' and interval '61 minutes' as waits from live_runs l join operation_runs r on r.id = l.run_id
      where l.run_id = ${runId}`.execute(database.owner)
    expect(rows).toEqual([{ waits: true }])
  })
})
