import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import { startRun, startRunNow } from '#domain/operations/ensure-run.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { lateAfterMs } from '#domain/operations/freshness.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { endLease, takeLease } from '#domain/operations/lease.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import { givenClaim, givenEnded } from '#domain/operations/operations-testing.ts'
import { pauseLane, resumeLane } from '#domain/operations/pause-lane.ts'
import { pauseType } from '#domain/operations/pause-type.ts'
import { recoverRuns } from '#domain/operations/recover-runs.ts'
import { showQueue } from '#domain/operations/show-queue.ts'
import { showRun } from '#domain/operations/show-run.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'

const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })
const sync = { type: 'inventory.sync', input: {}, trigger: 'user' } as const
const never = new AbortController().signal

async function givenScene() {
  const workspace = await givenWorkspace(database.db)
  return { workspace, tenant: await givenTenant(database.db, workspace) }
}

/** As if the run had become claimable that long ago. */
async function queuedSince(runId: RunId, ms: number) {
  await sql`update live_runs set run_at = clock_timestamp() - make_interval(secs => ${ms / 1000}) where run_id = ${runId}`.execute(
    database.owner,
  )
}

describe('showRun()', () => {
  test('tells every attempt with its worker and how it ended, and who cancelled', async () => {
    const { workspace, tenant } = await givenScene()
    const { runId } = await startRun(database.db, tenant, sync)
    const failure = { code: 'inventory.sync_failed', reason: 'throttled', message: 'slow down', count: 1 } as const
    await endRun(database.db, await givenClaim(database.db, tenant), { kind: 'retry', delayMs: 0, failure }, never)
    const lost = await givenClaim(database.db, tenant)
    await endLease(database.db, lost.owner)
    await recoverRuns({ db: database.db, log }, never)
    const last = await givenClaim(database.db, tenant)
    await cancelRun(database.db, workspace, runId)
    await endRun(database.db, last, { kind: 'finish', verdict: 'cancelled', result: {} }, never)

    const { run, timeline } = await showRun(database.db, workspace, runId)
    expect(run.outcome).toBe('cancelled')
    const told = timeline.map((entry) => [
      entry.kind,
      'end' in entry ? entry.end : 'by' in entry ? entry.by : 'outcome' in entry ? entry.outcome : null,
    ])
    expect(told).toEqual([
      ['created', 'Ada Moreau'],
      ['attempt', 'retry'],
      ['attempt', 'lost'],
      ['attempt', 'cancelled'],
      ['cancel_requested', 'Ada Moreau'],
      ['ended', 'cancelled'],
    ])
    expect(timeline[1]).toMatchObject({
      attempt: 1,
      worker: expect.stringMatching(/ \(\d+\)$/),
      failure: { message: 'slow down' },
    })
    expect(timeline.map(({ at }) => at.getTime())).toEqual(
      timeline.map(({ at }) => at.getTime()).toSorted((a, b) => a - b),
    )
  })

  test('tells the only attempt of a run, and the one that is under way', async () => {
    const { workspace, tenant } = await givenScene()
    const ended = await givenEnded(database.db, tenant, sync)
    expect((await showRun(database.db, workspace, ended.id)).timeline).toMatchObject([
      { kind: 'created' },
      { kind: 'attempt', attempt: 1, end: 'succeeded', at: ended.startedAt, endedAt: ended.completedAt },
      { kind: 'ended', outcome: 'succeeded' },
    ])
    const { runId } = await startRun(database.db, tenant, sync)
    await givenClaim(database.db, tenant)
    expect((await showRun(database.db, workspace, runId)).timeline).toMatchObject([
      { kind: 'created' },
      { kind: 'attempt', attempt: 1, end: null, endedAt: null },
    ])
  })

  test('tells who overrode the cooldown, and why; a cancel of another run is not told', async () => {
    const { workspace, tenant } = await givenScene()
    const fetch = { type: 'assignments.fetch', input: { what: { kind: 'all' } }, trigger: 'user' } as const
    await givenEnded(database.db, tenant, fetch)
    const { runId } = await startRunNow(database.db, tenant, fetch, { reason: 'the auditor waits' })
    const other = await startRun(database.db, tenant, sync)
    await cancelRun(database.db, workspace, other.runId)
    const { timeline } = await showRun(database.db, workspace, runId)
    expect(timeline).toMatchObject([
      { kind: 'created' },
      { kind: 'cooldown_overridden', by: 'Ada Moreau', reason: 'the auditor waits' },
    ])
    expect((await showRun(database.db, workspace, other.runId)).timeline).toMatchObject([
      { kind: 'created' },
      { kind: 'cancel_requested' },
      { kind: 'ended', outcome: 'cancelled' },
    ])
  })
})

describe('the freshness of a run', () => {
  test('is derived from its rows and the clock of the database', async () => {
    const { workspace, tenant } = await givenScene()
    const { runId } = await startRun(database.db, tenant, sync)
    const freshness = async () => (await getRun(database.db, workspace, runId)).freshness
    await sql`delete from workers`.execute(database.owner)
    expect(await freshness()).toEqual({ state: 'fresh' })
    await queuedSince(runId, lateAfterMs * 2)
    expect(await freshness()).toEqual({ state: 'stuck', why: 'no_worker' })
    await takeLease(database.db, 60_000)
    expect(await freshness()).toEqual({ state: 'late', why: 'workers_busy' })
    await pauseLane(database.db, tenant, { reason: 'change freeze' })
    expect(await freshness()).toEqual({ state: 'fresh' })
    expect((await getRun(database.db, workspace, runId)).held).toEqual({
      what: 'tenant',
      by: 'Ada Moreau',
      reason: 'change freeze',
    })
    await resumeLane(database.db, tenant)
    await pauseType(database.db, workspace, 'inventory.sync', { reason: 'incident' })
    expect((await getRun(database.db, workspace, runId)).held).toMatchObject({ what: 'operation', reason: 'incident' })
    await sql`delete from type_controls`.execute(database.owner)
    const claim = await givenClaim(database.db, tenant)
    expect(await freshness()).toEqual({ state: 'fresh' })
    await sql`update live_runs set deadline_at = clock_timestamp() - interval '1 second' where run_id = ${runId}`.execute(
      database.owner,
    )
    expect(await freshness()).toEqual({ state: 'stuck', why: 'past_limit' })
    await endLease(database.db, claim.owner)
    expect(await freshness()).toEqual({ state: 'stuck', why: 'worker_silent' })
    await sql`delete from workers`.execute(database.owner)
  })

  test('finds late and stuck runs however old, page by page, and no others', async () => {
    const { workspace, tenant } = await givenScene()
    const others = await Promise.all(Array.from({ length: 3 }, () => givenTenant(database.db, workspace)))
    const late = []
    for (const one of others) {
      const { runId } = await startRun(database.db, one, sync)
      await queuedSince(runId, lateAfterMs * 2)
      late.push(runId)
    }
    await sql`update operation_runs set created_at = created_at - interval '40 days' where id = ${late[0]}`.execute(
      database.owner,
    )
    await startRun(database.db, tenant, sync)
    await sql`delete from workers`.execute(database.owner)
    const first = await listRuns(database.db, workspace, { freshness: ['stuck'], limit: 2 })
    expect(first.items.map(({ id }) => id)).toEqual([late[2], late[1]])
    const rest = await listRuns(database.db, workspace, {
      freshness: ['stuck'],
      limit: 2,
      cursor: first.nextCursor ?? '',
    })
    expect(rest).toMatchObject({ items: [{ id: late[0] }], nextCursor: null })
    expect((await listRuns(database.db, workspace, { freshness: ['late'] })).items).toEqual([])
    expect((await listRuns(database.db, workspace, { freshness: ['stuck'], statuses: ['running'] })).items).toEqual([])
  })
})

describe('listRuns()', () => {
  test('filters by who started a run, how, and by a time that counts from now', async () => {
    const { workspace, tenant } = await givenScene()
    const ben = { kind: 'system', name: 'Ben Ortiz' } as const
    const mine = await givenEnded(database.db, tenant, sync)
    const his = await startRun(database.db, actingAs(tenant, ben), { ...sync, trigger: 'schedule' })
    const list = async (query: Parameters<typeof listRuns>[2]) =>
      (await listRuns(database.db, workspace, query)).items.map(({ id }) => id)
    if (workspace.actor.kind !== 'user') throw new Error('a user acts here')
    expect(await list({ initiator: workspace.actor.userId })).toEqual([mine.id])
    expect(await list({ initiator: { name: 'ben ortiz' } })).toEqual([his.runId])
    expect(await list({ triggers: ['schedule'] })).toEqual([his.runId])
    expect(await list({ triggers: ['schedule', 'user'] })).toEqual([his.runId, mine.id])
    const aMinuteAgo = new Date(Date.now() - 60_000)
    expect(await list({ since: aMinuteAgo })).toHaveLength(2)
    expect(await list({ until: aMinuteAgo })).toEqual([])
  })
})

describe('showQueue()', () => {
  test('shows lanes with runs or controls of this workspace, the longest waiting first', async () => {
    const { workspace, tenant } = await givenScene()
    const foreign = await givenScene()
    await startRun(database.db, foreign.tenant, sync)
    const idle = await givenTenant(database.db, workspace, { name: 'Idle' })
    await pauseLane(database.db, idle, { reason: 'change freeze' })
    await givenTenant(database.db, workspace, { name: 'Nothing' })
    await startRun(database.db, tenant, { ...sync, delayMs: 60_000 })
    await startRun(database.db, tenant, { type: 'connection.verify', input: {}, trigger: 'user' })
    const { lanes, pausedTypes } = await showQueue(database.db, workspace)
    expect(lanes).toMatchObject([
      { tenant: { name: tenant.tenantName }, waiting: 1, delayed: 1, running: 0, limit: 1, pause: null },
      {
        tenant: { name: 'Idle' },
        waiting: 0,
        pause: { by: 'Ada Moreau', reason: 'change freeze' },
        oldestWaitingAt: null,
      },
    ])
    expect(pausedTypes).toEqual([])
  })
})
