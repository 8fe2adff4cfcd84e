import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Ending } from '#domain/operations/decide-ending.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { givenEnded } from '#domain/operations/operations-testing.ts'
import { isRetriable, retryRun } from '#domain/operations/retry-run.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { newId, type RestoreRunId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
const failure = { code: 'x.failed', reason: 'conflict', message: 'no', count: 1 } as const
const failing: Ending = { kind: 'finish', verdict: 'failed', result: { failures: [failure] } }
const capture = { type: 'backup.capture', input: { note: 'before the change' }, trigger: 'schedule' } as const
const fetch = { type: 'assignments.fetch', input: { what: { kind: 'all' } }, trigger: 'user' } as const

async function givenScene() {
  const workspace = await givenWorkspace(database.db)
  return { workspace, tenant: await givenTenant(database.db, workspace) }
}

describe('retryRun()', () => {
  test('starts the same operation with the same input, and links to the run before', async () => {
    const { workspace, tenant } = await givenScene()
    const failed = await givenEnded(database.db, tenant, capture, failing)
    expect(isRetriable(failed)).toBe(true)
    const { disposition, runId } = await retryRun(database.db, workspace, failed.id)
    expect(disposition).toBe('created')
    const again = await getRun(database.db, workspace, runId)
    expect(again).toMatchObject({
      type: 'backup.capture',
      input: { note: 'before the change' },
      tenant: { id: tenant.tenantId },
      context: { retryOf: failed.id },
      trigger: 'user',
      initiator: { name: 'Ada Moreau' },
    })
    expect(await retryRun(database.db, workspace, failed.id)).toEqual({ disposition: 'active', runId })
  })

  test('is answered with the cooldown, and starts inside it only with a reason', async () => {
    const { workspace, tenant } = await givenScene()
    const failed = await givenEnded(database.db, tenant, fetch, failing)
    expect(await retryRun(database.db, workspace, failed.id)).toMatchObject({
      disposition: 'cooldown',
      runId: failed.id,
    })
    const override = { reason: 'consent was given just now' }
    expect(await retryRun(database.db, workspace, failed.id, { override })).toMatchObject({ disposition: 'created' })
  })

  test('refuses a run that has not ended, that succeeded, or whose plan is carried out once, and says why', async () => {
    const { workspace, tenant } = await givenScene()
    const succeeded = await givenEnded(database.db, tenant, { ...capture, input: {} })
    await expect(retryRun(database.db, workspace, succeeded.id)).rejects.toThrow(
      /succeeded: there is nothing to try again/,
    )
    const active = await startRun(database.db, tenant, capture)
    await expect(retryRun(database.db, workspace, active.runId)).rejects.toThrow(/has not ended yet/)
    await sql`delete from live_runs`.execute(database.owner)
    await sql`update operation_runs set outcome = 'failed', completed_at = clock_timestamp(), holds = false where outcome = 'pending'`.execute(
      database.owner,
    )
    const restore = {
      type: 'assignments.restore',
      input: { restoreRunId: newId<RestoreRunId>() },
      trigger: 'user',
    } as const
    const { runId } = await startRun(database.db, tenant, restore)
    await sql`delete from live_runs`.execute(database.owner)
    await sql`update operation_runs set outcome = 'failed', completed_at = clock_timestamp(), holds = false where id = ${runId}`.execute(
      database.owner,
    )
    expect(isRetriable(await getRun(database.db, workspace, runId))).toBe(false)
    await expect(retryRun(database.db, workspace, runId)).rejects.toThrow(/`tenantatlas restore plan`/)
  })

  test('refuses an operation that only a newer version knows, and a run of another workspace', async () => {
    const { workspace, tenant } = await givenScene()
    const failed = await givenEnded(database.db, tenant, capture, failing)
    await expect(retryRun(database.db, (await givenScene()).workspace, failed.id)).rejects.toMatchObject({
      reason: 'not_found',
    })
    await sql`update operation_runs set type = 'of.tomorrow' where id = ${failed.id}`.execute(database.owner)
    await expect(retryRun(database.db, workspace, failed.id)).rejects.toThrow(/only a newer version/)
  })
})
