import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { closeSet, insertItems, openSetOfRun } from '#domain/backups/capture.store.ts'
import { holdSet } from '#domain/backups/hold-set.ts'
import { listBackups } from '#domain/backups/list-backups.ts'
import { pinBackup, unpinBackup } from '#domain/backups/pin-backup.ts'
import { createPruneBackupsHandler } from '#domain/backups/prune-backups-handler.ts'
import { previewPrune, pruneBackups } from '#domain/backups/prune-backups.ts'
import { deleteSet } from '#domain/backups/prune.store.ts'
import { checkedItems } from '#domain/backups/read-snapshot.ts'
import { makeSnapshot } from '#domain/backups/snapshot.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import type { RunHandle } from '#domain/operations/operation.ts'
import { work } from '#domain/schedules/schedules-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { untilOneWaits } from '#foundation/db/lock-waits-testing.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId, type BackupSetId, type RunId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
let ctx: TenantContext

beforeEach(async () => {
  await database.pool.query('delete from live_runs')
  ctx = await givenTenant(database.db, await givenWorkspace(database.db))
})

const type = 'configurationPolicies' as const

/** A complete set of so many days ago; each policy is its name, and one name is one snapshot. */
async function givenSet(daysOld: number, policies: readonly string[], runId = newId<RunId>()): Promise<BackupSetId> {
  return inWorkspace(database.db, ctx, async (tx) => {
    const { id } = await openSetOfRun(tx, ctx, { runId, note: undefined })
    const items = policies.map((name) => {
      const owner = { workspaceId: ctx.workspaceId, tenantId: ctx.tenantId, type, graphId: name }
      const snapshot = makeSnapshot(owner, { payload: { id: name, name }, assignments: [], scopeTagIds: ['0'] })
      return { graphId: name, name, snapshot, problem: null }
    })
    await insertItems(tx, ctx, { backupSetId: id, type, items })
    await closeSet(tx, ctx, { backupSetId: id, state: 'complete', manifestHash: sha256(id) })
    await sql`update backup_sets set created_at = clock_timestamp() - make_interval(days => ${daysOld})
      where id = ${id}`.execute(tx)
    return id
  })
}

async function planRestoreFrom(backupSetId: BackupSetId, db = database.owner): Promise<void> {
  await sql`
    insert into restore_runs (workspace_id, id, tenant_id, state, mode, backup_set_id, scope, created_by)
    values (${ctx.workspaceId}, ${newId()}, ${ctx.tenantId}, 'draft', 'replace', ${backupSetId}, '{"kind": "all"}', 'Ada')
  `.execute(db)
}

const handler = () => createPruneBackupsHandler(database)

async function prune(rule: InputOf<'backup.prune'>) {
  await pruneBackups(database.db, ctx, rule)
  const { runId } = await work(database.db, 'backup.prune', handler())
  return getRun(database.db, ctx, runId)
}

const setsLeft = async () => (await listBackups(database.db, ctx)).items.map(({ id }) => id)

async function count(table: 'snapshots' | 'snapshot_parts'): Promise<number> {
  const { rows } = await database.pool.query(`select from ${table} where tenant_id = $1`, [ctx.tenantId])
  return rows.length
}

async function states(backupSetId: BackupSetId): Promise<string[]> {
  const found: string[] = []
  for await (const page of checkedItems(database.db, ctx, { backupSetId }))
    found.push(...page.map(({ state }) => state))
  return found
}

describe('backup.prune', () => {
  test('removes what no rule keeps, and of its snapshots those that nobody else holds', async () => {
    await givenSet(40, ['A', 'old only'])
    await givenSet(30, ['A', 'B', 'old too'])
    const kept = await givenSet(10, ['A', 'B'])
    const newest = await givenSet(1, ['A', 'C'])
    expect(await count('snapshots')).toBe(5)
    const run = await prune({ keepDays: 20 })
    expect(run).toMatchObject({
      outcome: 'succeeded',
      counts: { total: 4, succeeded: 4, removed: 2, unchanged: 2 },
      context: { removedSets: 2, removedSnapshots: 2, removedParts: 2 },
    })
    expect(await setsLeft()).toEqual([newest, kept])
    expect([await states(kept), await states(newest)]).toEqual([
      ['intact', 'intact'],
      ['intact', 'intact'],
    ])
    // A, B, C and their two common parts.
    expect([await count('snapshots'), await count('snapshot_parts')]).toEqual([3, 5])
  })

  test('never removes a pinned set, one a restore was planned from, nor the newest', async () => {
    const inUse = await givenSet(500, ['A'])
    const pinned = await givenSet(400, ['A'])
    const gone = await givenSet(300, ['A'])
    const newest = await givenSet(200, ['A'])
    await pinBackup(database.db, ctx, pinned)
    await planRestoreFrom(inUse)
    expect((await previewPrune(database.db, ctx, { keepDays: 7 })).map(({ set, keep }) => [set.id, keep])).toEqual([
      [newest, 'newest'],
      [gone, null],
      [pinned, 'pinned'],
      [inUse, 'in_use'],
    ])
    await prune({ keepDays: 7 })
    expect(await setsLeft()).toEqual([newest, pinned, inUse])
    await unpinBackup(database.db, ctx, pinned)
    await prune({ keepDays: 7 })
    expect(await setsLeft()).toEqual([newest, inUse])
  })

  test('waits for whoever holds a set, and leaves it to a restore planned meanwhile', async () => {
    const held = await givenSet(40, ['A'])
    await using planning = database.openAnother({ poolSize: 1 })
    const pruned = Promise.withResolvers<boolean>()
    await inWorkspace(planning.db, ctx, async (tx) => {
      expect(await holdSet(tx, ctx, held)).toMatchObject({ id: held })
      inWorkspace(database.db, ctx, (other) => deleteSet(other, ctx, held)).then(pruned.resolve, pruned.reject)
      await untilOneWaits(database.pool)
      await planRestoreFrom(held, tx)
    })
    expect(await pruned.promise).toBe(false)
    expect(await setsLeft()).toEqual([held])
  })

  test('goes on where a crash cut it off: every set is whole or gone, and nothing is counted twice', async () => {
    const sets = [await givenSet(40, ['A', 'x']), await givenSet(30, ['A', 'y']), await givenSet(20, ['A', 'z'])]
    const newest = await givenSet(1, ['A'])
    await pruneBackups(database.db, ctx, { keepLast: 1 })
    const broken = await work(database.db, 'backup.prune', (scope, run) =>
      handler()(scope, failingAt(run, { removal: 2 })),
    )
    expect(broken.state).toBe('released')
    const left = await setsLeft()
    expect(left).toHaveLength(3)
    for (const id of left) expect(new Set(await states(id))).toEqual(new Set(['intact']))
    await sql`update live_runs set run_at = clock_timestamp()`.execute(database.owner)
    const { runId } = await work(database.db, 'backup.prune', handler())
    expect(await getRun(database.db, ctx, runId)).toMatchObject({
      outcome: 'succeeded',
      counts: { removed: 3, unchanged: 1, total: 4 },
    })
    expect(await setsLeft()).toEqual([newest])
    expect(await count('snapshots')).toBe(1)
    const audit = database.owner.selectFrom('audit_entries').select('subject_id').where('action', '=', 'backup.remove')
    const removed = (await audit.where('tenant_id', '=', ctx.tenantId).execute()).map((entry) => entry.subject_id)
    expect(removed.toSorted()).toEqual([...sets].toSorted())
  })

  test('sweeps after a crash that came when the last set was gone already', async () => {
    await givenSet(40, ['x'])
    await givenSet(1, ['A'])
    await pruneBackups(database.db, ctx, { keepLast: 1 })
    await work(database.db, 'backup.prune', (scope, run) => handler()(scope, failingAt(run, { kept: true })))
    expect(await count('snapshots')).toBe(2)
    await sql`update live_runs set run_at = clock_timestamp()`.execute(database.owner)
    await work(database.db, 'backup.prune', handler())
    expect(await count('snapshots')).toBe(1)
  })

  test.each([
    [
      'pinned',
      (id: BackupSetId) =>
        sql`update backup_sets set pinned_at = clock_timestamp(), pinned_by = 'Ada' where id = ${id}`,
    ],
    ['used by a restore', null],
  ])('leaves a set that is %s at that very moment', async (_, act) => {
    const set = await givenSet(40, ['A'])
    await givenSet(1, ['A'])
    await pruneBackups(database.db, ctx, { keepLast: 1 })
    const pruning = await inWorkspace(database.db, ctx, async (tx) => {
      await (act === null ? planRestoreFrom(set, tx) : act(set).execute(tx))
      const started = work(database.db, 'backup.prune', handler())
      await untilOneWaits(database.pool)
      return { started }
    })
    const { runId } = await pruning.started
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ outcome: 'succeeded', counts: { unchanged: 2 } })
    expect(await setsLeft()).toContain(set)
    expect(await states(set)).toEqual(['intact'])
  })

  test('sweeps nothing while a backup is captured', async () => {
    await givenSet(40, ['x'])
    await givenSet(1, ['A'])
    const { runId } = await startRun(database.db, ctx, { type: 'backup.capture', input: {}, trigger: 'user' })
    await inWorkspace(database.db, ctx, (tx) => openSetOfRun(tx, ctx, { runId, note: undefined }))
    const run = await prune({ keepLast: 1 })
    expect(run).toMatchObject({ counts: { removed: 1 }, context: { removedSnapshots: 0 } })
    expect(await count('snapshots')).toBe(2)
  })
})

/** A run whose process ends at its n-th removal, inside the transaction, or before it has counted what stays. */
function failingAt(
  run: RunHandle<InputOf<'backup.prune'>>,
  { removal, kept }: { readonly removal?: number; readonly kept?: true },
): typeof run {
  let removals = 0
  return {
    ...run,
    items: {
      ...run.items,
      async recordIn(tx, items) {
        removals += 1
        if (removals === removal) throw new Error('the process ends here')
        await run.items.recordIn(tx, items)
      },
      record: kept ? () => Promise.reject(new Error('the process ends here')) : (items) => run.items.record(items),
    },
  }
}
