import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { changeSchedule } from '#domain/schedules/change-schedule.ts'
import { insertSlot } from '#domain/schedules/firing.store.ts'
import { listSchedules } from '#domain/schedules/list-schedules.ts'
import { pauseSchedule, resumeSchedule } from '#domain/schedules/pause-schedule.ts'
import { removeSchedule } from '#domain/schedules/remove-schedule.ts'
import { becomeDue, givenDue, log, slotsOf, tick } from '#domain/schedules/schedules-testing.ts'
import { showSchedule } from '#domain/schedules/show-schedule.ts'
import { ensureSystemSchedules } from '#domain/schedules/system-schedules.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { collectInto } from '#foundation/observability/metrics.ts'
import { createPromMetrics } from '#foundation/observability/prom-metrics.ts'

const database = useTestDatabase()
let ctx: WorkspaceContext
let tenant: TenantContext

beforeEach(async () => {
  ctx = await givenWorkspace(database.db)
  tenant = await givenTenant(database.db, ctx)
})

const thisYear = new Date().getUTCFullYear()

async function runsOf(of: WorkspaceContext) {
  return database.owner
    .selectFrom('operation_runs')
    .select(['id', 'type', 'tenant_id', 'trigger', 'initiator_name', 'context'])
    .where('workspace_id', '=', of.workspaceId)
    .orderBy('created_at')
    .execute()
}

describe('fireDueSchedules()', () => {
  test('starts the operation of a due schedule once, under the name of the schedule, and plans the next slot', async () => {
    const schedule = await givenDue(database.db, ctx, { name: 'Nightly', tenant })
    expect(await tick(database.db)).toBe(1)
    expect(await tick(database.db)).toBe(0)
    const runs = await runsOf(ctx)
    expect(runs).toMatchObject([
      {
        type: 'backup.capture',
        tenant_id: tenant.tenantId,
        trigger: 'schedule',
        initiator_name: 'Schedule "Nightly"',
        context: { scheduleId: schedule.id, schedule: 'Nightly' },
      },
    ])
    expect(await slotsOf(database.owner, schedule.id)).toMatchObject([
      { year: thisYear, state: 'started', runId: runs[0]?.id },
    ])
    const view = await showSchedule(database.db, ctx, { scheduleId: schedule.id })
    expect(view.nextSlots.map((slot) => slot.getUTCFullYear())).toEqual([1, 2, 3, 4, 5].map((n) => thisYear + n))
  })

  test('of eight schedulers at once starts one run per slot', async () => {
    const due = await Promise.all(
      Array.from({ length: 12 }, () => givenDue(database.db, ctx, { type: 'backup.capture' })),
    )
    const failures = vi.spyOn(log, 'error')
    const pools = Array.from({ length: 8 }, () => database.openAnother({ poolSize: 1 }))
    try {
      const started = await Promise.all(pools.map(({ db }) => tick(db)))
      expect(started.reduce((sum, n) => sum + n, 0)).toBe(12)
      // Nobody ran into the key: the lock of the row comes first.
      expect(failures).not.toHaveBeenCalled()
    } finally {
      await Promise.all(pools.map((pool) => pool.close()))
    }
    expect(await runsOf(ctx)).toHaveLength(12)
    for (const { id } of due) expect(await slotsOf(database.owner, id)).toMatchObject([{ state: 'started' }])
  })

  test('leaves a slot that was decided alone, whatever the schedule says its next one is', async () => {
    const schedule = await givenDue(database.db, ctx, { tenant })
    await tick(database.db)
    await becomeDue(database.owner, schedule.id)
    expect(await tick(database.db)).toBe(0)
    expect(await runsOf(ctx)).toHaveLength(1)
    expect((await showSchedule(database.db, ctx, { scheduleId: schedule.id })).nextSlotAt.getUTCFullYear()).toBe(
      thisYear + 1,
    )
  })

  test('rests on a key: a second decision of a slot takes the run of it back', async () => {
    const schedule = await givenDue(database.db, ctx, { tenant })
    await tick(database.db)
    const [slot] = (await showSchedule(database.db, ctx, { scheduleId: schedule.id })).latestSlots
    const again = inWorkspace(database.db, ctx, async (tx) => {
      await sql`update schedules set name = 'never' where id = ${schedule.id}`.execute(tx)
      await insertSlot(tx, ctx, {
        scheduleId: schedule.id,
        scheduledFor: slot?.scheduledFor ?? new Date(),
        state: 'started',
        runId: (await runsOf(ctx))[0]?.id as RunId,
      })
    })
    await expect(again).rejects.toMatchObject({ code: '23505' })
    expect((await showSchedule(database.db, ctx, { scheduleId: schedule.id })).name).toBe(schedule.name)
  })

  test('runs one slot late and writes down the older ones as missed, in one row', async () => {
    const schedule = await givenDue(database.db, ctx, { tenant, years: 3 })
    expect(await tick(database.db)).toBe(1)
    expect(await slotsOf(database.owner, schedule.id)).toMatchObject([
      { year: thisYear - 3, through: thisYear - 1, state: 'missed', runId: null },
      { year: thisYear, through: null, state: 'started' },
    ])
    expect(await runsOf(ctx)).toHaveLength(1)
  })

  test('counts what became of each slot, and a late start apart', async () => {
    const kept = createPromMetrics()
    using _collecting = collectInto(kept)
    await givenDue(database.db, ctx, { tenant })
    await givenDue(database.db, ctx, { type: 'inventory.sync', tenant, cron: '* * * * *' })
    await givenDue(database.db, ctx, { type: 'connection.verify', tenant, years: 1, catchUp: 'never' })
    await tick(database.db)
    const lines = (await kept.exposition([])).match(/^tenantatlas_schedule_slots_total.*$/gm)
    expect(lines?.toSorted()).toEqual([
      'tenantatlas_schedule_slots_total{type="backup.capture",end="caught_up"} 1',
      'tenantatlas_schedule_slots_total{type="connection.verify",end="missed"} 1',
      'tenantatlas_schedule_slots_total{type="inventory.sync",end="missed"} 1',
      'tenantatlas_schedule_slots_total{type="inventory.sync",end="started"} 1',
    ])
  })

  test('runs nothing late for a schedule that is never caught up', async () => {
    const schedule = await givenDue(database.db, ctx, { tenant, years: 1, catchUp: 'never' })
    expect(await tick(database.db)).toBe(0)
    expect(await slotsOf(database.owner, schedule.id)).toMatchObject([
      { year: thisYear - 1, through: thisYear, state: 'missed' },
    ])
    expect(await runsOf(ctx)).toEqual([])
  })

  test('writes down a slot as overlapped while the run of the slot before is active', async () => {
    const schedule = await givenDue(database.db, ctx, { years: 1 })
    await tick(database.db)
    const [first] = await runsOf(ctx)
    // It stands for the slot of an earlier year, whose run is still queued.
    await sql`update operation_runs set identity = sha256('another slot') where id = ${first?.id}`.execute(
      database.owner,
    )
    await sql`
      update schedule_slots set scheduled_for = scheduled_for - interval '10 years'
      where schedule_id = ${schedule.id} and state = 'started'`.execute(database.owner)
    await becomeDue(database.owner, schedule.id)
    expect(await tick(database.db)).toBe(0)
    expect((await slotsOf(database.owner, schedule.id)).at(-1)).toMatchObject({ state: 'overlapped', runId: first?.id })
    expect(await runsOf(ctx)).toHaveLength(1)
  })

  test('starts again once that run has ended', async () => {
    const schedule = await givenDue(database.db, ctx, { tenant })
    await tick(database.db)
    const [first] = await runsOf(ctx)
    await cancelRun(database.db, ctx, first?.id as RunId)
    await sql`update schedule_slots set scheduled_for = scheduled_for - interval '1 year'
      where schedule_id = ${schedule.id}`.execute(database.owner)
    await becomeDue(database.owner, schedule.id)
    expect(await tick(database.db)).toBe(1)
  })

  test('finds an operation that a person started in the way, too', async () => {
    const { runId } = await startRun(database.db, tenant, { type: 'backup.capture', input: {}, trigger: 'user' })
    const schedule = await givenDue(database.db, ctx, { tenant })
    expect(await tick(database.db)).toBe(0)
    expect(await slotsOf(database.owner, schedule.id)).toMatchObject([{ state: 'overlapped', runId }])
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ trigger: 'user' })
  })

  test('starts nothing of a paused schedule, and after the pause nothing that fell into it', async () => {
    const schedule = await givenDue(database.db, ctx, { tenant })
    await pauseSchedule(database.db, ctx, schedule.id)
    expect(await tick(database.db)).toBe(0)
    const resumed = await resumeSchedule(database.db, ctx, schedule.id)
    expect(resumed.nextSlotAt.getUTCFullYear()).toBe(thisYear + 1)
    expect(await tick(database.db)).toBe(0)
    expect(await slotsOf(database.owner, schedule.id)).toEqual([])
  })

  test('starts nothing of a removed schedule, nor of a changed one by its old times', async () => {
    const removed = await givenDue(database.db, ctx, { tenant })
    await removeSchedule(database.db, ctx, removed.id)
    const changed = await givenDue(database.db, ctx, { tenant })
    await changeSchedule(database.db, ctx, { scheduleId: changed.id, cron: '0 0 1 6 *' })
    expect(await tick(database.db)).toBe(0)
    expect(await runsOf(ctx)).toEqual([])
  })

  test('passes over a schedule that somebody is changing, and does not wait for it', async () => {
    const held = await givenDue(database.db, ctx, { tenant })
    const free = await givenDue(database.db, ctx)
    await inWorkspace(database.db, ctx, async (tx) => {
      await sql`select from schedules where id = ${held.id} for update`.execute(tx)
      expect(await tick(database.db)).toBe(1)
    })
    expect(await slotsOf(database.owner, free.id)).toHaveLength(1)
    expect(await slotsOf(database.owner, held.id)).toEqual([])
    expect(await tick(database.db)).toBe(1)
  })

  test('leaves types that only a newer program knows to it', async () => {
    const schedule = await givenDue(database.db, ctx, { tenant })
    await sql`update schedules set type = 'drift.foresee' where id = ${schedule.id}`.execute(database.owner)
    expect(await tick(database.db)).toBe(0)
    expect(await slotsOf(database.owner, schedule.id)).toEqual([])
  })

  test('writes down why a slot cannot be started, and goes on with the others', async () => {
    const broken = await givenDue(database.db, ctx, { tenant })
    await sql`update schedules set input = '{"types": ["nothing"]}' where id = ${broken.id}`.execute(database.owner)
    const archived = await givenTenant(database.db, ctx)
    const left = await givenDue(database.db, ctx, { tenant: archived })
    await sql`update tenants set archived_at = clock_timestamp() where id = ${archived.tenantId}`.execute(
      database.owner,
    )
    await givenDue(database.db, ctx)
    expect(await tick(database.db)).toBe(1)
    expect(await slotsOf(database.owner, broken.id)).toMatchObject([
      { state: 'missed', problem: expect.stringMatching(/^Backup: /) },
    ])
    expect(await slotsOf(database.owner, left.id)).toMatchObject([
      { state: 'missed', problem: 'The tenant is archived.' },
    ])
  })

  test('does not let one schedule that fails keep the others from starting', async () => {
    const broken = await givenDue(database.db, ctx, { tenant, years: 1 })
    await sql`update schedules set cron = 'broken' where id = ${broken.id}`.execute(database.owner)
    await givenDue(database.db, ctx)
    expect(await tick(database.db)).toBe(1)
  })
})

describe('the clock of the process', () => {
  afterEach(() => vi.useRealTimers())

  test.each([
    ['an hour fast', 3_600_000],
    ['an hour slow', -3_600_000],
    ['in the year 2038', Date.UTC(2038, 0, 20) - Date.now()],
  ])('decides nothing when it is %s', async (_, offMs) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offMs })
    const due = await givenDue(database.db, ctx, { tenant })
    const later = await givenDue(database.db, ctx)
    await sql`
      update schedules set cron = '0 * * * *', next_slot_at = clock_timestamp() + interval '30 minutes',
        next_due_at = clock_timestamp() + interval '30 minutes' where id = ${later.id}`.execute(database.owner)
    expect(await tick(database.db)).toBe(1)
    expect(await slotsOf(database.owner, later.id)).toEqual([])
    const { nextSlotAt } = await showSchedule(database.db, ctx, { scheduleId: due.id })
    expect(nextSlotAt.getUTCFullYear()).toBe(thisYear + 1)
  })
})

describe('a schedule that fires only when something is active', () => {
  async function givenReconciliation() {
    await inWorkspace(database.db, ctx, (tx) => ensureSystemSchedules(tx, ctx))
    const { items: schedules } = await listSchedules(database.db, ctx, { withSystem: true })
    const found = schedules.find(({ type }) => type === 'ops.reconcile_adapter_runs')
    if (found === undefined) throw new Error('the product has no such schedule')
    await sql`update schedules set next_slot_at = date_trunc('hour', clock_timestamp()) - interval '1 hour',
      next_due_at = clock_timestamp() where id = ${found.id}`.execute(database.owner)
    return found
  }

  test('passes without a trace in a quiet workspace', async () => {
    const { id } = await givenReconciliation()
    expect(await tick(database.db)).toBe(0)
    expect(await slotsOf(database.owner, id)).toEqual([])
    expect((await showSchedule(database.db, ctx, { scheduleId: id })).nextDueAt.getTime()).toBeGreaterThan(Date.now())
  })

  test('starts where a run is active, as the product itself', async () => {
    const { id } = await givenReconciliation()
    await startRun(database.db, tenant, { type: 'backup.capture', input: {}, trigger: 'user' })
    expect(await tick(database.db)).toBe(1)
    expect((await slotsOf(database.owner, id)).at(-1)).toMatchObject({ state: 'started' })
    const [run] = (await runsOf(ctx)).filter(({ type }) => type === 'ops.reconcile_adapter_runs')
    expect(run).toMatchObject({ trigger: 'system', tenant_id: null })
  })
})
