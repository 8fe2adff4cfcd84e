import { describe, expect, test } from 'vitest'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { identityOf } from '#domain/operations/identity.ts'
import { givenEnded } from '#domain/operations/operations-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { newId, type BackupSetId } from '#foundation/kernel/ids.ts'

/* Starts of one process that come at once share statements; each gets the answer it would have got alone. */
const database = useTestDatabase()
const fetchAll = { type: 'assignments.fetch', input: { what: { kind: 'all' } }, trigger: 'user' } as const
const sync = { type: 'inventory.sync', input: {}, trigger: 'api' } as const

function verify() {
  return { type: 'backup.verify', input: { backupSetId: newId<BackupSetId>() }, trigger: 'user' } as const
}

describe('startRun(), many at once in one process', () => {
  test('answers each with its own run, or the one that holds its identity', async () => {
    const workspace = await givenWorkspace(database.db)
    const ctx = await givenTenant(database.db, workspace)
    const other = await givenTenant(database.db, workspace)
    await givenEnded(database.db, ctx, fetchAll)
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, () => startRun(database.db, ctx, verify())),
      ...Array.from({ length: 20 }, () => startRun(database.db, ctx, sync)),
      ...Array.from({ length: 20 }, () => startRun(database.db, ctx, fetchAll)),
      ...Array.from({ length: 20 }, () => startRun(database.db, other, fetchAll)),
    ])
    const [verified, synced, cooling, fresh] = [0, 20, 40, 60].map((at) => answers.slice(at, at + 20)) as [
      typeof answers,
      typeof answers,
      typeof answers,
      typeof answers,
    ]
    expect(new Set(verified.map(({ runId }) => runId)).size).toBe(20)
    expect(verified.every(({ disposition }) => disposition === 'created')).toBe(true)
    for (const same of [synced, fresh]) {
      expect(new Set(same.map(({ runId }) => runId)).size).toBe(1)
      expect(same.filter(({ disposition }) => disposition === 'created')).toHaveLength(1)
    }
    expect(cooling.every(({ disposition }) => disposition === 'cooldown')).toBe(true)
    const run = await getRun(database.db, other, fresh[0]?.runId ?? newId())
    expect(run).toMatchObject({ type: 'assignments.fetch', trigger: 'user', initiator: { name: 'Ada Moreau' } })
  })

  test('replaces a run whose cooldown is over, once, beside others', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const ended = await givenEnded(database.db, ctx, fetchAll)
    await database.pool.query(
      `update operation_runs set cooldown_until = clock_timestamp() where workspace_id = $1 and id = $2`,
      [ctx.workspaceId, ended.id],
    )
    const starts = Array.from({ length: 20 }, (_, n) => startRun(database.db, ctx, n % 2 === 0 ? verify() : fetchAll))
    const answers = await Promise.all(starts)
    const again = answers.filter((_, n) => n % 2 === 1)
    expect(again.filter(({ disposition }) => disposition === 'created')).toHaveLength(1)
    expect(again.filter(({ disposition }) => disposition === 'active')).toHaveLength(9)
    expect(new Set(again.map(({ runId }) => runId)).size).toBe(1)
    expect(again[0]?.runId).not.toBe(ended.id)
  })

  test('does not let one that waits for an unfinished start fail the others', async () => {
    const workspace = await givenWorkspace(database.db)
    const ctx = await givenTenant(database.db, workspace)
    const blocker = await database.pool.connect()
    try {
      await blocker.query('begin')
      await blocker.query(
        `select ensure_run($1, $2, $3, 'inventory.sync', $4, '{}', '{}', null, 'test', 'user', 0::smallint, 1,
          interval '1 hour', interval '0', false)`,
        [ctx.workspaceId, ctx.tenantId, newId(), identityOf('inventory.sync', {})],
      )
      const others = Array.from({ length: 10 }, () => startRun(database.db, ctx, verify()))
      const waiting = startRun(database.db, ctx, sync)
      const more = Array.from({ length: 10 }, () => startRun(database.db, ctx, verify()))
      const [refused, ...answers] = await Promise.allSettled([waiting, ...others, ...more])
      expect(refused).toMatchObject({ status: 'rejected', reason: { reason: 'invalid_state' } })
      expect(answers.every((answer) => answer.status === 'fulfilled')).toBe(true)
    } finally {
      await blocker.query('rollback')
      blocker.release()
    }
  })
})
