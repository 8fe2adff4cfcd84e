import { beforeEach, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { createRunBackupScheduleHandler } from '#domain/schedules/run-backup-schedule-handler.ts'
import { givenDue, tick, work } from '#domain/schedules/schedules-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
let ctx: WorkspaceContext

beforeEach(async () => {
  await database.pool.query('delete from live_runs')
  ctx = await givenWorkspace(database.db)
})

async function givenConnected(count: number): Promise<TenantContext[]> {
  const tenants = await Promise.all(Array.from({ length: count }, () => givenTenant(database.db, ctx)))
  for (const { workspaceId, tenantId } of tenants) {
    const values = { workspace_id: workspaceId, id: newId(), tenant_id: tenantId, cloud: 'global' }
    const urls = { authority_url: 'https://login.microsoftonline.com', graph_url: 'https://graph.microsoft.com' }
    await database.owner
      .insertInto('connections')
      .values({ ...values, ...urls })
      .execute()
  }
  return tenants
}

const handler = () => createRunBackupScheduleHandler(database)

async function captures() {
  const { rows } = await sql<{ tenant: string; delay: number; trigger: string; input: unknown; by: string }>`
    select r.tenant_id as tenant, r.trigger, r.input, r.initiator_name as by,
      extract(epoch from l.run_at - r.created_at)::float8 as delay
    from operation_runs r join live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
    where r.workspace_id = ${ctx.workspaceId} and r.type = 'backup.capture' order by r.tenant_id`.execute(
    database.owner,
  )
  return rows
}

describe('backup_schedule.run', () => {
  test('starts the backup of every tenant, each after its own wait within the window', async () => {
    const tenants = await givenConnected(7)
    const schedule = await givenDue(database.db, ctx, {
      name: 'Nightly',
      jitterSeconds: 600,
      input: { note: 'nightly' },
    })
    await tick(database.db)
    const { runId } = await work(database.db, 'backup_schedule.run', handler())
    const started = await captures()
    expect(started.map(({ tenant }) => tenant)).toEqual(tenants.map(({ tenantId }) => tenantId).toSorted())
    expect(started[0]).toMatchObject({ trigger: 'schedule', by: 'Schedule "Nightly"', input: { note: 'nightly' } })
    expect(started.every(({ delay }) => delay >= 0 && delay < 600)).toBe(true)
    expect(new Set(started.map(({ delay }) => Math.round(delay * 1_000))).size).toBe(7)
    expect(await getRun(database.db, ctx, runId)).toMatchObject({
      outcome: 'succeeded',
      counts: { total: 7, processed: 7, succeeded: 7, skipped: 0, created: 7 },
      context: { scheduleId: schedule.id },
    })
  })

  test('leaves a backup that is active alone, and says which tenants nobody has connected', async () => {
    const [busy] = await givenConnected(2)
    const alone = await givenTenant(database.db, ctx, { name: 'Fabrikam' })
    if (busy === undefined) throw new Error('no tenant')
    const { runId: own } = await startRun(database.db, busy, { type: 'backup.capture', input: {}, trigger: 'user' })
    await givenDue(database.db, ctx)
    await tick(database.db)
    const { runId } = await work(database.db, 'backup_schedule.run', handler())
    expect(await captures()).toHaveLength(2)
    expect(await getRun(database.db, ctx, runId)).toMatchObject({
      outcome: 'succeeded',
      counts: { total: 3, processed: 3, succeeded: 1, skipped: 2, created: 1 },
      failures: [{ code: 'backup_schedule.not_connected', reason: 'missing_configuration', count: 1 }],
    })
    const { items } = await listRunItems(database.db, ctx, runId)
    expect(items.find(({ key }) => key === alone.tenantRef)?.label).toBe('Fabrikam')
    expect((await getRun(database.db, ctx, own)).trigger).toBe('user')
  })

  test('that was cut off does not start again what has ended meanwhile', async () => {
    const tenants = await givenConnected(3)
    await givenDue(database.db, ctx)
    await tick(database.db)
    const first = await work(database.db, 'backup_schedule.run', async (scope, run) => {
      await handler()(scope, run)
      throw new Error('the process ends here')
    })
    expect(first.state).toBe('released')
    // The backups of the first attempt are done when the second comes.
    await sql`delete from live_runs where lane in (${sql.join(tenants.map(({ tenantId }) => tenantId))})`.execute(
      database.owner,
    )
    await sql`update operation_runs set outcome = 'succeeded', holds = false, completed_at = clock_timestamp()
      where type = 'backup.capture' and workspace_id = ${ctx.workspaceId}`.execute(database.owner)
    await sql`update live_runs set run_at = clock_timestamp()`.execute(database.owner)
    const second = await work(database.db, 'backup_schedule.run', handler())
    expect(await captures()).toEqual([])
    expect(await getRun(database.db, ctx, second.runId)).toMatchObject({
      outcome: 'succeeded',
      counts: { created: 3, total: 3 },
    })
  })

  test('remembers a tenant with its run or not at all', async () => {
    await givenConnected(2)
    await givenDue(database.db, ctx)
    await tick(database.db)
    const broken = await work(database.db, 'backup_schedule.run', (scope, run) =>
      handler()(scope, { ...run, items: { ...run.items, recordIn: () => Promise.reject(new Error('lost')) } }),
    )
    expect(broken.state).toBe('released')
    expect(await captures()).toEqual([])
  })
})
