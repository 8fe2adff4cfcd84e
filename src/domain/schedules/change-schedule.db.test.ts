import { beforeEach, describe, expect, test } from 'vitest'
import { changeSchedule } from '#domain/schedules/change-schedule.ts'
import { createSchedule, type NewScheduleInput } from '#domain/schedules/create-schedule.ts'
import { listSchedules } from '#domain/schedules/list-schedules.ts'
import { pauseSchedule, resumeSchedule } from '#domain/schedules/pause-schedule.ts'
import { removeSchedule } from '#domain/schedules/remove-schedule.ts'
import { updateSchedule } from '#domain/schedules/schedules.store.ts'
import { showSchedule } from '#domain/schedules/show-schedule.ts'
import { ensureSystemSchedules } from '#domain/schedules/system-schedules.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { untilOneWaits } from '#foundation/db/lock-waits-testing.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import type { ScheduleId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
let ctx: WorkspaceContext
let tenant: TenantContext

beforeEach(async () => {
  ctx = await givenWorkspace(database.db)
  tenant = await givenTenant(database.db, ctx)
})

const nightly = { name: 'Nightly', cron: '0 2 * * *', timeZone: 'Europe/Berlin' }

const givenNamed = (name: string) => createSchedule(database.db, ctx, { ...nightly, name })

async function audit(): Promise<string[]> {
  const entries = database.owner
    .selectFrom('audit_entries')
    .select('action')
    .where('workspace_id', '=', ctx.workspaceId)
  return (await entries.orderBy('at').execute()).map(({ action }) => action)
}

describe('createSchedule()', () => {
  test('plans the first slot after now, at its place in the window', async () => {
    const schedule = await createSchedule(database.db, ctx, { ...nightly, tenant })
    const { nextSlotAt, nextDueAt } = schedule
    expect(nextSlotAt.getTime()).toBeGreaterThan(Date.now())
    const local = nextSlotAt.toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' })
    expect(local).toBe('02:00:00')
    expect(nextDueAt.getTime() - nextSlotAt.getTime()).toBeGreaterThanOrEqual(0)
    expect(nextDueAt.getTime() - nextSlotAt.getTime()).toBeLessThan(15 * 60_000)
  })

  test('refuses a name that is taken here, and not one that is taken elsewhere', async () => {
    await createSchedule(database.db, ctx, nightly)
    await expect(createSchedule(database.db, ctx, nightly)).rejects.toThrow('has a schedule "Nightly" already')
    const other = await givenWorkspace(database.db)
    await expect(createSchedule(database.db, other, nightly)).resolves.toMatchObject({ name: 'Nightly' })
  })

  test.each<[string, Partial<NewScheduleInput>, RegExp]>([
    ['a name of nothing', { name: '  ' }, /^name: a schedule needs a name/],
    ['no cron expression', { cron: 'at noon' }, /^cron: "at noon"/],
    ['no time zone', { timeZone: 'Mars' }, /^time zone: "Mars"/],
    [
      'a type that starts nothing by itself',
      { type: 'assignments.restore' },
      /^type: "assignments.restore" cannot be scheduled/,
    ],
    ['a type mistyped', { type: 'backup.captur' }, /Did you mean "backup.capture"/],
    [
      'all tenants where one is meant',
      { type: 'inventory.sync' },
      /^tenant: Inventory sync is scheduled for one tenant/,
    ],
    ['an input the operation refuses', { input: { types: ['nothing'] } }, /^Backup: /],
    ['a jitter below nothing', { jitterSeconds: -1 }, /^jitter: -1/],
  ])('refuses %s and says which field', async (_, change, message) => {
    await expect(createSchedule(database.db, ctx, { ...nightly, ...change })).rejects.toThrow(message)
    expect((await listSchedules(database.db, ctx)).items).toEqual([])
    expect(await audit()).toEqual([])
  })
})

describe('every change of a schedule', () => {
  test('is in the audit log, with what it was before and after', async () => {
    const { id } = await createSchedule(database.db, ctx, nightly)
    await changeSchedule(database.db, ctx, { scheduleId: id, cron: '0 3 * * *' })
    await pauseSchedule(database.db, ctx, id)
    await pauseSchedule(database.db, ctx, id)
    await resumeSchedule(database.db, ctx, id)
    await removeSchedule(database.db, ctx, id)
    expect(await audit()).toEqual([
      'schedule.create',
      'schedule.change',
      'schedule.pause',
      'schedule.resume',
      'schedule.remove',
    ])
    const entry = database.owner.selectFrom('audit_entries').select(['detail', 'before_hash', 'after_hash'])
    const changed = await entry
      .where('action', '=', 'schedule.change')
      .where('subject_id', '=', id)
      .executeTakeFirstOrThrow()
    expect(changed.detail).toMatchObject({ before: { cron: '0 2 * * *' }, after: { cron: '0 3 * * *' } })
    expect(changed.before_hash?.equals(changed.after_hash ?? Buffer.alloc(0))).toBe(false)
  })

  test('that is refused changes nothing and is not in the audit log', async () => {
    const { id } = await createSchedule(database.db, ctx, nightly)
    await createSchedule(database.db, ctx, { ...nightly, name: 'Weekly' })
    await expect(changeSchedule(database.db, ctx, { scheduleId: id, name: 'Weekly' })).rejects.toThrow(
      '"Weekly" already',
    )
    await expect(changeSchedule(database.db, ctx, { scheduleId: id, cron: 'x' })).rejects.toThrow('cron: "x"')
    expect((await showSchedule(database.db, ctx, { scheduleId: id })).cron).toBe('0 2 * * *')
    expect(await audit()).toEqual(['schedule.create', 'schedule.create'])
  })

  test.each<[string, (id: ScheduleId) => Promise<unknown>]>([
    ['a change', (id) => changeSchedule(database.db, ctx, { scheduleId: id, name: 'Weekly' })],
    ['a creation', () => createSchedule(database.db, ctx, { ...nightly, name: 'Weekly' })],
  ])('to a name that %s takes at the same moment is refused for one of them', async (_, take) => {
    const [mine, other] = [await givenNamed('Mine'), await givenNamed('Other')]
    await using others = database.openAnother({ poolSize: 1 })
    const next = { slotAt: mine.nextSlotAt, dueAt: mine.nextDueAt }
    const late = Promise.withResolvers<unknown>()
    // It may be refused before this test looks.
    late.promise.catch(() => undefined)
    await inWorkspace(others.db, ctx, async (tx) => {
      await updateSchedule(tx, ctx, mine.id, { ...mine, name: 'Weekly', next })
      take(other.id).then(late.resolve, late.reject)
      await untilOneWaits(database.pool)
    })
    await expect(late.promise).rejects.toMatchObject({
      reason: 'conflict',
      message: expect.stringContaining('has a schedule "Weekly" already; choose another name'),
    })
    const names = (await listSchedules(database.db, ctx)).items.map(({ name }) => name)
    expect(names).toEqual(['Other', 'Weekly'])
  })

  test('is refused for the schedule of another workspace, which is not found', async () => {
    const { id } = await createSchedule(database.db, ctx, nightly)
    const other = await givenWorkspace(database.db)
    const acts = [
      () => showSchedule(database.db, other, { scheduleId: id }),
      () => changeSchedule(database.db, other, { scheduleId: id, name: 'Mine' }),
      () => pauseSchedule(database.db, other, id),
      () => removeSchedule(database.db, other, id),
    ]
    for (const act of acts) await expect(act()).rejects.toMatchObject({ reason: 'not_found' })
  })

  test("lets the times of the product's own be changed, not more", async () => {
    await inWorkspace(database.db, ctx, (tx) => ensureSystemSchedules(tx, ctx))
    const { items: own } = await listSchedules(database.db, ctx, { withSystem: true })
    for (const { name } of own) await givenNamed(name)
    for (const { id } of own) {
      await expect(removeSchedule(database.db, ctx, id)).rejects.toMatchObject({ reason: 'invalid_state' })
      await expect(changeSchedule(database.db, ctx, { scheduleId: id, name: 'Mine' })).rejects.toThrow('only its times')
      await expect(changeSchedule(database.db, ctx, { scheduleId: id, cron: '0 4 * * *' })).resolves.toMatchObject({
        cron: '0 4 * * *',
      })
    }
  })
})
