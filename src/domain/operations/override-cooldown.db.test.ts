import { describe, expect, test } from 'vitest'
import { startRun, startRunNow } from '#domain/operations/ensure-run.ts'
import { givenEnded } from '#domain/operations/operations-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'

const database = useTestDatabase()
const fetchAll = { type: 'assignments.fetch', input: { what: { kind: 'all' } }, trigger: 'user' } as const
const override = { reason: 'The customer is waiting on the phone' }

async function overrides(ctx: TenantContext) {
  const entries = database.owner.selectFrom('audit_entries').selectAll().where('workspace_id', '=', ctx.workspaceId)
  return entries.where('action', '=', 'run.override_cooldown').execute()
}

describe('startRunNow()', () => {
  test('starts inside the cooldown, and says in the audit whose it cut short and why', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const before = await givenEnded(database.db, ctx, fetchAll)
    expect(await startRun(database.db, ctx, fetchAll)).toMatchObject({ disposition: 'cooldown' })
    const started = await startRunNow(database.db, ctx, fetchAll, override)
    expect(started.disposition).toBe('created')
    expect(await overrides(ctx)).toMatchObject([
      {
        run_id: started.runId,
        actor_name: ctx.actor.name,
        detail: { reason: override.reason, cooledRunId: before.id, type: 'assignments.fetch' },
      },
    ])
  })

  test('never doubles an active run, and audits nothing then', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const active = await startRun(database.db, ctx, fetchAll)
    const again = await startRunNow(database.db, ctx, fetchAll, override)
    expect(again).toEqual({ disposition: 'active', runId: active.runId })
    expect(await overrides(ctx)).toEqual([])
  })

  test('is an ordinary start where nothing cools down', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    expect(await startRunNow(database.db, ctx, fetchAll, override)).toMatchObject({ disposition: 'created' })
    expect(await overrides(ctx)).toEqual([])
  })

  test('of 16 at once inside a cooldown starts one run', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    await givenEnded(database.db, ctx, fetchAll)
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => startRunNow(database.db, ctx, fetchAll, override)),
    )
    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1)
    expect(answers.filter(({ disposition }) => disposition === 'created')).toHaveLength(1)
    expect(await overrides(ctx)).toHaveLength(1)
  })

  test('wants a reason', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const started = startRunNow(database.db, ctx, fetchAll, { reason: ' ' })
    await expect(started).rejects.toMatchObject({ reason: 'invalid_input' })
  })
})
