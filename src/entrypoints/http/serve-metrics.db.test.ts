import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { givenSealingKey } from '#domain/keys/keys-testing.ts'
import { endsIn } from '#domain/notifications/notifications-testing.ts'
import { steerWorker } from '#domain/platform/steer-worker.ts'
import { takeLease } from '#domain/operations/lease.ts'
import { givenClaim, givenQueued } from '#domain/operations/operations-testing.ts'
import { pauseLane } from '#domain/operations/pause-lane.ts'
import { pauseSchedule } from '#domain/schedules/pause-schedule.ts'
import { givenDue } from '#domain/schedules/schedules-testing.ts'
import { ensureSystemSchedules } from '#domain/schedules/system-schedules.ts'
import { openDatabase } from '#foundation/db/database.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import { createLog } from '#foundation/observability/log.ts'
import { createPromMetrics } from '#foundation/observability/prom-metrics.ts'
import { serveMetrics } from '#entrypoints/http/serve-metrics.ts'

const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })

/** The endpoint over a database; `stop` says that the process is stopping. */
async function givenEndpoint(url = database.url) {
  const own = openDatabase({
    url,
    role: 'api',
    poolSize: 1,
    applicationName: 'metrics test',
    answerTimeoutMs: 3_000,
    log,
  })
  const stop = new AbortController()
  const served = await serveMetrics({
    db: own.db,
    metrics: createPromMetrics(),
    log,
    host: '127.0.0.1',
    port: 0,
    stopping: stop.signal,
  })
  onTestFinished(async () => {
    await served[Symbol.asyncDispose]()
    await own.close()
  })
  const ask = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`${served.url}${path}`, init)
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  return { ask, stop: () => stop.abort() }
}

describe('serveMetrics()', () => {
  test('shows the queue by priority and state, its lanes and its workers', async () => {
    const ctx = await givenWorkspace(database.db)
    const [busy, paused, idle] = [
      await givenTenant(database.db, ctx),
      await givenTenant(database.db, ctx),
      await givenTenant(database.db, ctx),
    ]
    await givenQueued(database.db, busy, { priority: 'interactive' })
    await givenClaim(database.db, busy)
    for (const n of [1, 2]) await givenQueued(database.db, busy, { identity: sha256(n) })
    await givenQueued(database.db, paused)
    await pauseLane(database.db, paused, { reason: 'migration night' })
    await givenQueued(database.db, idle, { delayMs: 3_600_000 })
    const drained = await takeLease(database.db, 60_000)
    await steerWorker(database.db, { accountId: null, name: 'host' }, drained, { isDraining: true })

    const { ask } = await givenEndpoint()
    const { status, type, text } = await ask('/metrics')
    expect(status).toBe(200)
    expect(type).toMatch(/^text\/plain/)
    expect(text).toContain('tenantatlas_queue_runs{priority="interactive",state="running"} 1')
    expect(text).toContain('tenantatlas_queue_runs{priority="scheduled",state="waiting"} 2')
    expect(text).toContain('tenantatlas_queue_runs{priority="scheduled",state="held"} 1')
    expect(text).toContain('tenantatlas_queue_runs{priority="scheduled",state="delayed"} 1')
    expect(text).toContain('tenantatlas_queue_longest_lane_runs 2')
    expect(text).toContain('tenantatlas_lanes{state="waiting"} 1')
    expect(text).toContain('tenantatlas_lanes{state="paused"} 1')
    expect(text).toContain('tenantatlas_workers{state="working"} 1')
    expect(text).toContain('tenantatlas_workers{state="draining"} 1')
    expect(text).toMatch(/tenantatlas_queue_oldest_waiting_seconds\{priority="scheduled"\} \d/)
    expect(text).toContain('tenantatlas_outbox_events 0')
    expect(text).toContain('tenantatlas_deliveries_open{state="failed"} 0')
    expect(text).toContain('tenantatlas_database_up 1')
  })

  test('shows how many schedules there are, and how long the longest overdue one has been due', async () => {
    const ctx = await givenWorkspace(database.db)
    const metrics = async () => (await (await givenEndpoint()).ask('/metrics')).text
    expect(await metrics()).toContain('tenantatlas_schedule_lag_seconds 0\n')
    const { id } = await givenDue(database.db, ctx)
    await pauseSchedule(database.db, ctx, (await givenDue(database.db, ctx, { years: 2 })).id)
    await inWorkspace(database.db, ctx, (tx) => ensureSystemSchedules(tx, ctx))
    const due = sql<Date>`clock_timestamp() - interval '90 seconds'`
    await database.owner
      .updateTable('schedules')
      .set({ next_slot_at: due, next_due_at: due })
      .where('id', '=', id)
      .execute()
    const text = await metrics()
    expect(text).toContain('tenantatlas_schedules{state="enabled"} 1')
    expect(text).toContain('tenantatlas_schedules{state="paused"} 1')
    expect(text).toMatch(/tenantatlas_schedule_lag_seconds 9\d/)
  })

  test('counts each credential that ends soon at its nearest threshold, and not those of archived tenants', async () => {
    await givenSealingKey(database.owner)
    const ctx = await givenWorkspace(database.db)
    const givenEnding = async (days: number) => {
      const tenant = await givenTenant(database.db, ctx)
      const reader = { kind: 'secret', clientId: crypto.randomUUID(), secret: 'kX8Q~correct.horse' } as const
      await connectTenant({ db: database.db }, tenant, { reader })
      await endsIn(database.owner, tenant, days)
      return tenant
    }
    for (const days of [-1, 3, 4, 13, 31]) await givenEnding(days)
    const archived = await givenEnding(3)
    const row = database.owner.updateTable('tenants').where('id', '=', archived.tenantId)
    await row.set({ archived_at: new Date() }).execute()
    const { text } = await (await givenEndpoint()).ask('/metrics')
    const shown = text.split('\n').filter((line) => line.startsWith('tenantatlas_credentials_ending{'))
    expect(shown.toSorted()).toEqual([
      'tenantatlas_credentials_ending{within_days="0"} 1',
      'tenantatlas_credentials_ending{within_days="1"} 0',
      'tenantatlas_credentials_ending{within_days="14"} 1',
      'tenantatlas_credentials_ending{within_days="30"} 0',
      'tenantatlas_credentials_ending{within_days="7"} 2',
    ])
  })

  test('names no tenant, workspace or person, whatever they are called', async () => {
    const ctx = await givenWorkspace(database.db)
    const tenant = await givenTenant(database.db, ctx)
    const run = await givenQueued(database.db, tenant)
    const { ask } = await givenEndpoint()
    const { text } = await ask('/metrics')
    for (const id of [ctx.workspaceId, tenant.tenantId, tenant.tenantRef, tenant.tenantName, ctx.actor.name, run])
      expect(text).not.toContain(id)
  })

  test('is ready with the schema of this program, and says what is missing otherwise', async () => {
    const { ask, stop } = await givenEndpoint()
    expect(await ask('/readyz')).toMatchObject({ status: 200, text: '{"isReady":true}\n' })
    await sql`insert into schema_migrations (version, name, checksum) values (9999, 'newer', '\\x00')`.execute(
      database.owner,
    )
    onTestFinished(
      async () => void (await sql`delete from schema_migrations where version = 9999`.execute(database.owner)),
    )
    await expect.poll(async () => (await ask('/readyz')).status).toBe(503)
    expect((await ask('/readyz')).text).toContain('The database has schema version 9999')
    stop()
    expect((await ask('/readyz')).text).toContain('stopping')
    expect(await ask('/healthz')).toMatchObject({ status: 200 })
  })

  test('says so when the database does not answer, and goes on serving what it counted itself', async () => {
    const { ask } = await givenEndpoint('postgres://nobody@127.0.0.1:1/none')
    expect(await ask('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('does not answer') })
    const { status, text } = await ask('/metrics')
    expect(status).toBe(200)
    expect(text).toContain('tenantatlas_database_up 0')
    expect(text).toContain('tenantatlas_lease_losses_total 0')
    expect(text).not.toContain('tenantatlas_queue_runs{')
    expect(await ask('/healthz')).toMatchObject({ status: 200 })
  })

  test('is ready again once the database is back', async () => {
    const { ask } = await givenEndpoint()
    expect((await ask('/readyz')).status).toBe(200)
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'metrics test'`.execute(database.owner)
    await expect.poll(async () => (await ask('/readyz')).status).toBe(200)
  })

  test('only shows, and says what there is', async () => {
    const { ask } = await givenEndpoint()
    expect(await ask('/metrics', { method: 'POST' })).toMatchObject({ status: 405 })
    expect(await ask('/')).toMatchObject({ status: 404, text: 'There are /healthz, /readyz, /metrics.\n' })
  })
})
