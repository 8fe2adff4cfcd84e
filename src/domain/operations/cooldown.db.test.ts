import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureRuns, startRun } from '#domain/operations/ensure-run.ts'
import { givenEnded } from '#domain/operations/operations-testing.ts'
import { releaseIdentities } from '#domain/operations/recover-runs.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'

/*
 * The database's clock, held by the test: a function of the same name in a schema that the connections search before
 * pg_catalog. No stored time is touched and the program knows nothing of it, so what is tested is the rule itself.
 */
const database = useTestDatabase()
const end = new Date('2030-03-31T00:50:00Z')
let stopped: OpenDatabase

beforeAll(async () => {
  await database.pool.query(`
    create schema clock;
    create table clock.hands (at timestamptz not null);
    insert into clock.hands values ('${end.toISOString()}');
    create function clock.clock_timestamp() returns timestamptz language sql volatile as 'select at from clock.hands'`)
  const url = new URL(database.url)
  url.searchParams.set('options', '-c search_path=clock,pg_catalog,public')
  // The door looks names up in places of its own.
  await database.pool.query(`do $do$
    declare v_function regprocedure;
    begin
      for v_function in select p.oid::regprocedure from pg_proc p where p.prosecdef loop
        execute format('alter function %s set search_path = clock, pg_catalog, public', v_function);
      end loop;
    end $do$;
    grant usage on schema clock to public;
    grant select on clock.hands to public`)
  stopped = database.openAnother({ url: url.href })
})

afterAll(() => stopped.close())

async function setClock(afterEnd: string): Promise<void> {
  await database.pool.query('update clock.hands set at = $1::timestamptz + $2::interval', [end, afterEnd])
}

const fetchAll = { type: 'assignments.fetch', input: { what: { kind: 'all' } }, trigger: 'user' } as const
const retryAt = new Date('2030-03-31T01:05:00Z')

describe('the cooldown of 15 minutes, by the clock of the database', () => {
  test('holds at 14:59 after the end and is over at 15:01', async () => {
    await setClock('0')
    const ctx = await givenTenant(stopped.db, await givenWorkspace(stopped.db))
    const ended = await givenEnded(stopped.db, ctx, fetchAll)
    expect(ended).toMatchObject({ outcome: 'succeeded', completedAt: end, retryAt })
    await setClock('14 minutes 59 seconds')
    const early = await startRun(stopped.db, ctx, fetchAll)
    expect(early).toEqual({ disposition: 'cooldown', runId: ended.id, retryAt })
    await setClock('15 minutes 1 second')
    const late = await startRun(stopped.db, ctx, fetchAll)
    expect(late.disposition).toBe('created')
    expect(late.runId).not.toBe(ended.id)
    expect((await startRun(stopped.db, ctx, fetchAll)).disposition).toBe('active')
  })

  test('is the same for a batch', async () => {
    await setClock('0')
    const workspace = await givenWorkspace(stopped.db)
    const ctx = await givenTenant(stopped.db, workspace)
    await givenEnded(stopped.db, ctx, fetchAll)
    const start = () => inWorkspace(stopped.db, workspace, (tx) => ensureRuns(tx, workspace, fetchAll, [ctx.tenantId]))
    await setClock('14 minutes 59 seconds')
    expect((await start()).get(ctx.tenantId)).toMatchObject({ disposition: 'cooldown', retryAt })
    await setClock('15 minutes 1 second')
    expect((await start()).get(ctx.tenantId)).toMatchObject({ disposition: 'created' })
  })

  test('counts from the end of the run, not from its start', async () => {
    await setClock('-1 hour')
    const ctx = await givenTenant(stopped.db, await givenWorkspace(stopped.db))
    const { runId } = await startRun(stopped.db, ctx, fetchAll)
    await setClock('0')
    const ended = await givenEnded(stopped.db, ctx, fetchAll)
    expect(ended).toMatchObject({ id: runId, retryAt })
  })
})

describe('releaseIdentities()', () => {
  // Its clock runs: the other's stands still for all who call the ledger.
  const running = useTestDatabase()

  test('releases what has cooled down, and nothing else', async () => {
    const workspace = await givenWorkspace(running.db)
    const [over, cooling] = [await givenTenant(running.db, workspace), await givenTenant(running.db, workspace)]
    for (const ctx of [over, cooling]) await givenEnded(running.db, ctx, fetchAll)
    await running.pool.query(
      'update operation_runs set cooldown_until = clock_timestamp() where workspace_id = $1 and tenant_id = $2',
      [workspace.workspaceId, over.tenantId],
    )
    await releaseIdentities(running.db, new AbortController().signal)
    const { rows } = await running.pool.query(
      'select tenant_id from operation_runs where workspace_id = $1 and holds',
      [workspace.workspaceId],
    )
    expect(rows).toEqual([{ tenant_id: cooling.tenantId }])
    expect((await startRun(running.db, over, fetchAll)).disposition).toBe('created')
    expect((await startRun(running.db, cooling, fetchAll)).disposition).toBe('cooldown')
  })
})
