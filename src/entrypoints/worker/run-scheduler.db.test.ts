import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { listSchedules } from '#domain/schedules/list-schedules.ts'
import { pauseSchedule } from '#domain/schedules/pause-schedule.ts'
import { givenDue, log, slotsOf } from '#domain/schedules/schedules-testing.ts'
import { createWorkspace } from '#domain/workspaces/create-workspace.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { givenContext } from '#foundation/kernel/context-testing.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { runScheduler } from '#entrypoints/worker/run-scheduler.ts'

const database = useTestDatabase()
let ctx: WorkspaceContext
let tenant: TenantContext

beforeEach(async () => {
  ctx = await givenWorkspace(database.db)
  tenant = await givenTenant(database.db, ctx)
})

/** A scheduler process on the test's database; disposing kills it if it still lives. */
function spawnScheduler(failpoint?: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'scheduler-program.fixture.ts'), database.url], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...(failpoint !== undefined && { TENANTATLAS_FAILPOINT: failpoint }) },
  })
  const exited = once(child, 'exit').then(([code, signal]) => ({ code: code as unknown, signal: signal as unknown }))
  return {
    exited,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function runCount(): Promise<number> {
  const { rowCount } = await database.pool.query('select from operation_runs where workspace_id = $1', [
    ctx.workspaceId,
  ])
  return rowCount ?? 0
}

describe('a scheduler process', () => {
  test.each([
    ['after it started the run', 'schedule.run_started:kill@1'],
    ['after it decided the slot, before the commit', 'schedule.slot_decided:kill@1'],
  ])('that is killed %s leaves nothing, and the next one starts the slot once', async (_, failpoint) => {
    const schedule = await givenDue(database.db, ctx, { tenant })
    await using first = spawnScheduler(failpoint)
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await runCount()).toBe(0)
    expect(await slotsOf(database.owner, schedule.id)).toEqual([])
    const stop = new AbortController()
    const options = { db: database.db, log, signal: stop.signal, pollMs: 50 }
    const scheduling = [runScheduler(options), runScheduler(options)]
    await expect.poll(() => slotsOf(database.owner, schedule.id)).toMatchObject([{ state: 'started' }])
    stop.abort()
    await Promise.all(scheduling)
    expect(await runCount()).toBe(1)
  })
})

describe('runScheduler()', () => {
  test('goes on after every connection was cut', async () => {
    const stop = new AbortController()
    const pool = database.openAnother({ poolSize: 2, applicationName: 'cut scheduler' })
    const scheduling = runScheduler({ db: pool.db, log, signal: stop.signal, pollMs: 50 })
    const early = await givenDue(database.db, ctx, { tenant })
    await expect.poll(() => slotsOf(database.owner, early.id)).toHaveLength(1)
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut scheduler'`.execute(
      database.owner,
    )
    const late = await givenDue(database.db, ctx, { tenant: await givenTenant(database.db, ctx) })
    await expect.poll(() => slotsOf(database.owner, late.id)).toHaveLength(1)
    stop.abort()
    await scheduling
    await pool.close()
  })

  test('gives every workspace the schedules of the product once, also those that were there before', async () => {
    const ofProduct = async (of: WorkspaceContext) => (await listSchedules(database.db, of, { withSystem: true })).items
    const before = await ofProduct(ctx)
    const made = await createWorkspace(database.db, { name: `New ${crypto.randomUUID()}`, ownerName: 'Ada Moreau' })
    const newer = givenContext(made.workspaceId, ctx.actor)
    const own = await ofProduct(newer)
    expect(before).toEqual([])
    expect(own.length).toBeGreaterThan(0)
    expect(own.every(({ isSystem, createdBy }) => isSystem && createdBy === 'TenantAtlas')).toBe(true)
    for (const { id } of own) await pauseSchedule(database.db, newer, id)
    for (let times = 0; times < 2; times += 1) {
      const stop = new AbortController()
      const scheduling = runScheduler({ db: database.db, log, signal: stop.signal, pollMs: 50 })
      await expect.poll(() => ofProduct(ctx)).toHaveLength(own.length)
      stop.abort()
      await scheduling
    }
    expect(await ofProduct(newer)).toMatchObject(own.map(({ id }) => ({ id, pausedAt: expect.any(Date) })))
    expect((await listSchedules(database.db, newer)).items).toEqual([])
  })
})
