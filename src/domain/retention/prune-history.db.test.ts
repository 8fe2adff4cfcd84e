import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { getRun } from '#domain/operations/get-run.ts'
import { givenQueued } from '#domain/operations/operations-testing.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { removeOldRuns } from '#domain/operations/remove-old-runs.ts'
import { changeRetention, showRetention } from '#domain/retention/change-retention.ts'
import { createPruneHistoryHandler } from '#domain/retention/prune-history-handler.ts'
import { givenDue, slotsOf, tick, work } from '#domain/schedules/schedules-testing.ts'
import { useSigner } from '#foundation/crypto/sign-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId, type RunId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
let ctx: WorkspaceContext
let tenant: TenantContext

beforeEach(async () => {
  await database.pool.query('delete from live_runs')
  ctx = await givenWorkspace(database.db)
  tenant = await givenTenant(database.db, ctx)
})

interface Old {
  readonly days: number
  /** Ended so long ago; null: still active. */
  readonly endedDays?: number | null
  /** Minutes of cooldown that are left. */
  readonly cooldown?: number
  readonly items?: number
}

async function givenRun({ days, endedDays = days, cooldown, items = 0 }: Old): Promise<RunId> {
  const runId = await givenQueued(database.db, tenant, { identity: sha256(newId()) })
  const cools = cooldown !== undefined
  if (endedDays !== null) {
    await sql`delete from live_runs where run_id = ${runId}`.execute(database.owner)
    await sql`
      update operation_runs set outcome = 'succeeded', completed_at = clock_timestamp() - make_interval(days => ${endedDays}),
        holds = ${cools}, cooldown_until = ${cools ? sql`clock_timestamp() + make_interval(mins => ${cooldown})` : null}
      where id = ${runId}`.execute(database.owner)
  }
  await sql`update operation_runs set created_at = clock_timestamp() - make_interval(days => ${days})
    where id = ${runId}`.execute(database.owner)
  await sql`
    insert into run_items (workspace_id, run_id, item_key, outcome, counts, attempt)
    select ${ctx.workspaceId}, ${runId}, 'item ' || n, 'succeeded', '{"total": 1}', 1 from generate_series(1, ${items}) n
  `.execute(database.owner)
  return runId
}

async function idsLeft(): Promise<string[]> {
  const runs = database.owner.selectFrom('operation_runs').select('id').where('workspace_id', '=', ctx.workspaceId)
  return (await runs.where('type', '=', 'inventory.sync').orderBy('id').execute()).map(({ id }) => id)
}

const signer = useSigner()
const handler = () => createPruneHistoryHandler({ db: database.db, signer })

async function prune() {
  await startRun(database.db, ctx, { type: 'retention.prune', input: {}, trigger: 'system' })
  const { runId } = await work(database.db, 'retention.prune', handler())
  return getRun(database.db, ctx, runId)
}

async function givenAudit(days: number): Promise<void> {
  await sql`
    select chain_audit(${ctx.workspaceId}, clock_timestamp() - make_interval(days => ${days}), array[row(${newId()}, null,
      'system', null, 'test', 'test.act', 'run', 'x', null, 'succeeded', null, null, null, '{}')::new_audit_entry])
  `.execute(database.owner)
}

describe('retention.prune', () => {
  test('deletes runs that ended longer ago than the workspace keeps them, with their items', async () => {
    await givenRun({ days: 91, items: 3 })
    await givenRun({ days: 400 })
    const young = await givenRun({ days: 89 })
    const longRun = await givenRun({ days: 100, endedDays: 2 })
    expect(await prune()).toMatchObject({ outcome: 'succeeded', counts: { removed: 2, total: 2, failed: 0 } })
    expect(await idsLeft()).toEqual([young, longRun].toSorted())
    const items = await database.owner
      .selectFrom('run_items')
      .select('item_key')
      .where('item_key', 'like', 'item %')
      .execute()
    expect(items).toEqual([])
  })

  test('never deletes what is active, what holds its identity, nor what a restore refers to', async () => {
    const kept = [
      await givenRun({ days: 500, endedDays: null }),
      await givenRun({ days: 500, cooldown: 5 }),
      await givenRun({ days: 500 }),
    ]
    await givenRun({ days: 500, cooldown: -5 })
    await sql`
      insert into backup_sets (workspace_id, id, tenant_id, state, run_id, created_by)
      values (${ctx.workspaceId}, ${kept[0]}, ${tenant.tenantId}, 'capturing', ${newId()}, 'Ada')`.execute(
      database.owner,
    )
    await sql`
      insert into restore_runs
        (workspace_id, id, tenant_id, state, mode, backup_set_id, scope, created_by, preview_run_id)
      values (${ctx.workspaceId}, ${newId()}, ${tenant.tenantId}, 'draft', 'replace', ${kept[0]}, '{}', 'Ada', ${kept[2]})
    `.execute(database.owner)
    expect(await prune()).toMatchObject({ counts: { removed: 1 } })
    expect(await idsLeft()).toEqual(kept.toSorted())
  })

  test('goes by the settings of the workspace, and touches no other', async () => {
    const other = await givenWorkspace(database.db)
    await changeRetention(database.db, other, { runsDays: 7 })
    await givenRun({ days: 30 })
    await prune()
    expect(await idsLeft()).toHaveLength(1)
    await changeRetention(database.db, ctx, { runsDays: 14 })
    await prune()
    expect(await idsLeft()).toHaveLength(0)
  })

  test('deletes old audit entries and old slots', async () => {
    for (const days of [2_000, 731, 700]) await givenAudit(days)
    const schedule = await givenDue(database.db, ctx, { tenant, years: 2 })
    await tick(database.db)
    await sql`update schedule_slots set decided_at = decided_at - interval '100 days'
      where schedule_id = ${schedule.id} and state = 'missed'`.execute(database.owner)
    expect(await prune()).toMatchObject({ counts: { removed: 3 } })
    expect(await slotsOf(database.owner, schedule.id)).toMatchObject([{ state: 'started' }])
    const entries = database.owner.selectFrom('audit_entries').select('id').where('action', '=', 'test.act')
    expect(await entries.where('workspace_id', '=', ctx.workspaceId).execute()).toHaveLength(1)
  })

  test('deletes what was told of credentials as long ago as runs', async () => {
    for (const days of [91, 89])
      await sql`insert into credential_notices
        (workspace_id, id, tenant_id, purpose, kind, client_id, expires_at, within_days, created_at)
        values (${ctx.workspaceId}, ${newId()}, ${tenant.tenantId}, 'reader', 'secret', ${newId()}, clock_timestamp(), 7,
          clock_timestamp() - make_interval(days => ${days}))`.execute(database.owner)
    expect(await prune()).toMatchObject({ counts: { removed: 1 } })
  })

  test('counts what earlier attempts deleted, once', async () => {
    for (let n = 0; n < 5; n += 1) await givenRun({ days: 100 })
    await givenAudit(1_000)
    await startRun(database.db, ctx, { type: 'retention.prune', input: {}, trigger: 'system' })
    await work(database.db, 'retention.prune', (scope, run) => {
      let batches = 0
      const recordIn: typeof run.items.recordIn = async (tx, items) => {
        batches += 1
        if (batches === 3) throw new Error('the process ends here')
        await run.items.recordIn(tx, items)
      }
      return handler()(scope, { ...run, items: { ...run.items, recordIn } })
    })
    expect(await idsLeft()).toEqual([])
    await sql`update live_runs set run_at = clock_timestamp()`.execute(database.owner)
    const { runId } = await work(database.db, 'retention.prune', handler())
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ outcome: 'succeeded', counts: { removed: 6 } })
  })

  test('starts the pruning of backups only where a rule is set, for every tenant that has some', async () => {
    await sql`
      insert into backup_sets (workspace_id, id, tenant_id, state, run_id, created_by)
      values (${ctx.workspaceId}, ${newId()}, ${tenant.tenantId}, 'capturing', ${newId()}, 'Ada')`.execute(
      database.owner,
    )
    await givenTenant(database.db, ctx)
    expect((await prune()).counts['created']).toBeUndefined()
    await changeRetention(database.db, ctx, { backupsKeepLast: 30, backupsKeepDays: 365 })
    expect(await prune()).toMatchObject({ counts: { created: 1, total: 1 } })
    const started = database.owner.selectFrom('operation_runs').select(['tenant_id', 'input', 'trigger'])
    expect(
      await started.where('type', '=', 'backup.prune').where('workspace_id', '=', ctx.workspaceId).execute(),
    ).toEqual([{ tenant_id: tenant.tenantId, input: { keepLast: 30, keepDays: 365 }, trigger: 'system' }])
  })
})

describe('removeOldRuns()', () => {
  test('deletes no more than a thousand rows in a transaction', async () => {
    for (let n = 0; n < 3; n += 1) await givenRun({ days: 100, items: 700 })
    await sql`
      insert into operation_runs (workspace_id, id, tenant_id, type, identity, holds, outcome, initiator_name, trigger,
        created_at, completed_at)
      select ${ctx.workspaceId}, gen_random_uuid(), ${tenant.tenantId}, 'inventory.sync', sha256(n::text::bytea), false,
        'succeeded', 'test', 'system', clock_timestamp() - interval '200 days', clock_timestamp() - interval '200 days'
      from generate_series(1, 1200) n`.execute(database.owner)
    const batches: { runs: number; items: number }[] = []
    let after: Parameters<typeof removeOldRuns>[2]['after'] = null
    do {
      const batch = await inWorkspace(database.db, ctx, (tx) => removeOldRuns(tx, ctx, { days: 90, after }))
      batches.push({ runs: batch.runs, items: batch.items })
      after = batch.after
    } while (after !== null)
    expect(batches.every(({ runs, items }) => runs + items <= 1_000)).toBe(true)
    expect(batches.reduce((sum, { runs }) => sum + runs, 0)).toBe(1_203)
    expect(batches.reduce((sum, { items }) => sum + items, 0)).toBe(2_100)
    expect(await idsLeft()).toEqual([])
  })

  test('passes over a run that somebody else has, and does not wait', async () => {
    const held = await givenRun({ days: 100 })
    await givenRun({ days: 99 })
    await inWorkspace(database.db, ctx, async (other) => {
      await sql`select from operation_runs where id = ${held} for update`.execute(other)
      const removed = await inWorkspace(database.db, ctx, (tx) => removeOldRuns(tx, ctx, { days: 90, after: null }))
      expect(removed.runs).toBe(1)
    })
    expect(await idsLeft()).toEqual([held])
  })
})

describe('changeRetention()', () => {
  test('keeps what is not named, can drop a rule, and is in the audit', async () => {
    expect(await showRetention(database.db, ctx)).toEqual({
      runsDays: 90,
      auditDays: 730,
      backupsKeepLast: null,
      backupsKeepDays: null,
    })
    await changeRetention(database.db, ctx, { backupsKeepLast: 30 })
    await changeRetention(database.db, ctx, { runsDays: 30, backupsKeepDays: 90 })
    await changeRetention(database.db, ctx, { backupsKeepLast: null })
    expect(await showRetention(database.db, ctx)).toMatchObject({
      runsDays: 30,
      backupsKeepLast: null,
      backupsKeepDays: 90,
    })
    const entries = database.owner.selectFrom('audit_entries').select('id').where('workspace_id', '=', ctx.workspaceId)
    expect(await entries.where('action', '=', 'retention.change').execute()).toHaveLength(3)
  })

  test.each([
    [{ runsDays: 6 }, 'runsDays must be a whole number from 7 to 3650, not 6.'],
    [{ auditDays: 29 }, 'auditDays must be a whole number from 30 to 3650, not 29.'],
    [{ backupsKeepLast: 0 }, 'backupsKeepLast must be a whole number from 1 to 10000, not 0.'],
    [{ backupsKeepDays: 1.5 }, 'backupsKeepDays must be a whole number from 1 to 3650, not 1.5.'],
  ])('refuses %j', async (changes, message) => {
    await expect(changeRetention(database.db, ctx, changes)).rejects.toThrow(message)
  })
})
