import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { createBackup } from '#domain/backups/create-backup.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { confirmRestore } from '#domain/restore/confirm-restore.ts'
import { listRestores } from '#domain/restore/list-restores.ts'
import { planRestore } from '#domain/restore/plan-restore.ts'
import { showRestore } from '#domain/restore/show-restore.ts'
import { givenPolicies, the, useLab, withoutAssignments } from '#domain/restore/testing.ts'
import { undoRestore } from '#domain/restore/undo-restore.ts'
import { untilOneWaits } from '#foundation/db/lock-waits-testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { BackupSetId, RestoreRunId } from '#foundation/kernel/ids.ts'
import { contractOf } from '#graph/contracts/registry.ts'

const lab = useLab()
const { database } = lab

async function givenPlan({ count = 1 } = {}) {
  const tenant = await lab.tenant()
  const policies = await givenPolicies(lab, tenant, { count })
  const backupSetId = await tenant.backup(['configurationPolicies'])
  await tenant.change(...withoutAssignments(policies))
  const chosen = policies.map(({ type, graphId }) => ({ type, graphId }))
  const plan = await tenant.plan({ backupSetId, mode: 'replace', policies: chosen })
  return { tenant, policies, policy: the(policies[0]), backupSetId, chosen, plan }
}

describe('planRestore()', () => {
  test('does not know a backup set of another tenant, or of another workspace', async () => {
    const { backupSetId } = await givenPlan()
    const stranger = await lab.tenant({ policies: 1 })
    const input = { backupSetId, mode: 'replace' } as const
    await expect(planRestore(database.db, stranger.ctx, input)).rejects.toMatchObject({ reason: 'not_found' })
    const nothing = { backupSetId: newId<BackupSetId>(), mode: 'replace' } as const
    await expect(planRestore(database.db, stranger.ctx, nothing)).rejects.toMatchObject({ reason: 'not_found' })
    const noId = { backupSetId: asId<BackupSetId>('yesterday'), mode: 'replace' } as const
    await expect(planRestore(database.db, stranger.ctx, noId)).rejects.toMatchObject({ reason: 'not_found' })
  })

  test('refuses policies the backup does not hold, and a scope of two kinds', async () => {
    const { tenant, backupSetId } = await givenPlan()
    const unknown = [{ type: 'configurationPolicies', graphId: 'nowhere' }] as const
    const plan = (input: object) => planRestore(database.db, tenant.ctx, { backupSetId, mode: 'replace', ...input })
    await expect(plan({ policies: unknown })).rejects.toMatchObject({ reason: 'not_found' })
    await expect(plan({ policies: unknown, types: ['mobileApps'] })).rejects.toMatchObject({ reason: 'invalid_input' })
    await expect(plan({ policies: [] })).rejects.toMatchObject({ reason: 'invalid_input' })
  })

  test('refuses a backup that is pruned at the same moment, and leaves nothing', async () => {
    const tenant = await lab.tenant({ policies: 1 })
    const backupSetId = await tenant.backup(['configurationPolicies'])
    await using pruning = database.openAnother({ poolSize: 1 })
    const plan = Promise.withResolvers<unknown>()
    await inWorkspace(pruning.db, tenant.ctx, async (tx) => {
      await tx.deleteFrom('backup_sets').where('id', '=', backupSetId).execute()
      planRestore(database.db, tenant.ctx, { backupSetId, mode: 'replace' }).then(plan.resolve, plan.reject)
      await untilOneWaits(database.pool)
    })
    await expect(plan.promise).rejects.toMatchObject({
      reason: 'conflict',
      message: expect.stringContaining(`The backup set ${backupSetId} was pruned meanwhile`),
    })
    expect((await listRestores(database.db, tenant.ctx)).items).toEqual([])
    expect((await listRuns(database.db, tenant.ctx)).items.map(({ type }) => type)).not.toContain('restore.preview')
  })

  test('refuses a backup that failed', async () => {
    const tenant = await lab.tenant({ policies: 2 })
    const effect = { kind: 'tokenError', code: 7000215 } as const
    await lab.simulator.faults({ match: { kind: 'token', tenant: tenant.simId }, count: null, effect })
    await tenant.ended((await createBackup(database.db, tenant.ctx)).runId)
    const set = await database.owner
      .selectFrom('backup_sets')
      .where('tenant_id', '=', tenant.ctx.tenantId)
      .select('id')
      .executeTakeFirstOrThrow()
    const input = { backupSetId: asId<BackupSetId>(set.id), mode: 'replace' } as const
    await expect(planRestore(database.db, tenant.ctx, input)).rejects.toMatchObject({ reason: 'invalid_state' })
  })
})

describe('a plan', () => {
  test('leaves out a policy whose snapshot is damaged, and restores the others', async () => {
    const { tenant, policies, backupSetId, chosen } = await givenPlan({ count: 2 })
    await sql`
      update snapshot_parts p set body = p.body || ' '
      from backup_items i join snapshots s on s.workspace_id = i.workspace_id and s.id = i.snapshot_id
      where i.backup_set_id = ${backupSetId} and i.graph_id = ${the(policies[0]).graphId}
        and p.tenant_id = s.tenant_id and p.hash = s.payload_hash`.execute(database.owner)
    const plan = await tenant.plan({ backupSetId, mode: 'replace', policies: chosen })
    const byId = new Map(plan.items.map((item) => [item.graphId, item]))
    expect(byId.get(the(policies[0]).graphId)).toMatchObject({ plan: 'skip', reason: 'damaged' })
    expect(byId.get(the(policies[1]).graphId)).toMatchObject({ plan: 'write' })
    expect(plan.checks).toContainEqual(expect.objectContaining({ id: 'snapshots', severity: 'warning', count: 1 }))
  })

  test('leaves out a policy whose group or filter was deleted, by name', async () => {
    const { tenant, backupSetId, chosen } = await givenPlan()
    const [group] = await lab.simulator.control.groups(tenant.simId)
    await tenant.change({ action: 'deleteGroup', id: the(group).id })
    const plan = await tenant.plan({ backupSetId, mode: 'replace', policies: chosen })
    expect(plan.items).toMatchObject([{ plan: 'skip', state: 'skipped', reason: 'not_found' }])
    expect(the(plan.items[0]).message).toContain(`group "${the(group).displayName}"`)
  })

  test('leaves out a policy that vanished or cannot be read', async () => {
    const { tenant, policies, backupSetId, chosen } = await givenPlan({ count: 2 })
    await tenant.change({
      action: 'deleteObject',
      collection: the(policies[0]).collection,
      id: the(policies[0]).graphId,
    })
    const path = `/beta${the(policies[1]).collection}/${the(policies[1]).graphId}**`
    await lab.simulator.faults({ match: { path }, count: null, effect: { kind: 'status', status: 500 } })
    const plan = await tenant.plan({ backupSetId, mode: 'replace', policies: chosen })
    const byId = new Map(plan.items.map((item) => [item.graphId, item]))
    expect(byId.get(the(policies[0]).graphId)).toMatchObject({ plan: 'skip', reason: 'not_found' })
    expect(byId.get(the(policies[1]).graphId)).toMatchObject({ plan: 'skip', reason: 'dependency_unreachable' })
  })

  test('says what a partial backup lacks', async () => {
    const tenant = await lab.tenant()
    const { collection } = contractOf('mobileApps')
    await lab.simulator.faults({
      match: { collection, tenant: tenant.simId },
      count: null,
      effect: { kind: 'status', status: 403 },
    })
    const backupSetId = await tenant.backup()
    await lab.simulator.control.clearFaults()
    const plan = await tenant.plan({ backupSetId, mode: 'replace', onlyChanged: true })
    const check = plan.checks.find(({ id }) => id === 'backup_set')
    expect(check).toMatchObject({ severity: 'warning' })
    expect(the(check).message).toContain('mobileApps (failed)')
  })

  test('is blocked when the writer lacks a permission, and names it', async () => {
    const { tenant, backupSetId, chosen } = await givenPlan()
    const apps = the((await lab.simulator.control.tenants()).find(({ id }) => id === tenant.simId)).apps
    const writer = the(apps.find(({ name }) => name === 'writer'))
    await lab.simulator.control.registerApp(tenant.simId, {
      name: 'writer',
      permissions: ['DeviceManagementApps.ReadWrite.All'],
      secret: the(writer.secret),
    })
    const plan = await tenant.plan({ backupSetId, mode: 'replace', policies: chosen })
    expect(plan.checks[0]).toMatchObject({ id: 'write_permission', severity: 'blocking' })
    await expect(tenant.confirm(plan)).rejects.toMatchObject({ reason: the(plan.checks[0]).reason })
    expect(await tenant.writes()).toEqual([])
  })
})

describe('confirmRestore()', () => {
  test('wants the plan that was reviewed and the name of the tenant', async () => {
    const { tenant, plan } = await givenPlan()
    const confirmation = { restoreRunId: plan.id, planHash: the(plan.planHash), tenantName: tenant.ctx.tenantName }
    const confirm = (change: object) => confirmRestore(database.db, tenant.ctx, { ...confirmation, ...change })
    await expect(confirm({ planHash: 'f'.repeat(64) })).rejects.toMatchObject({ reason: 'conflict' })
    await expect(confirm({ tenantName: tenant.ctx.tenantName.toUpperCase() })).rejects.toMatchObject({
      reason: 'invalid_input',
    })
    expect(await tenant.show(plan.id)).toMatchObject({ state: 'previewed', runId: null })
    expect(await tenant.writes()).toEqual([])
  })

  test('finds the same run when a plan is confirmed twice, at once or afterwards', async () => {
    const { tenant, plan } = await givenPlan()
    const runs = await Promise.all([tenant.confirm(plan), tenant.confirm(plan), tenant.confirm(plan)])
    await tenant.ended(runs[0].runId)
    const later = await tenant.confirm(plan)
    expect(new Set([...runs, later].map(({ runId }) => runId)).size).toBe(1)
    expect(runs.filter(({ disposition }) => disposition === 'created')).toHaveLength(1)
    expect(await tenant.writes()).toHaveLength(1)
  })

  test('does not know the plan of another tenant or workspace', async () => {
    const { plan } = await givenPlan()
    const stranger = await lab.tenant({ policies: 1 })
    await expect(stranger.confirm(plan)).rejects.toMatchObject({ reason: 'not_found' })
    await expect(showRestore(database.db, stranger.ctx, { restoreRunId: plan.id })).rejects.toMatchObject({
      reason: 'not_found',
    })
    await expect(undoRestore(database.db, stranger.ctx, { restoreRunId: plan.id })).rejects.toMatchObject({
      reason: 'not_found',
    })
  })

  test('refuses what has no preview, for instance because the tenant lets nobody in', async () => {
    const { tenant, backupSetId } = await givenPlan()
    const effect = { kind: 'tokenError', code: 700027 } as const
    await lab.simulator.faults({ match: { kind: 'token', tenant: tenant.simId }, count: null, effect })
    const plan = await tenant.plan({ backupSetId, mode: 'replace' })
    expect(plan).toMatchObject({ state: 'failed', planHash: null, items: [] })
    await expect(tenant.confirm(plan)).rejects.toMatchObject({ reason: 'invalid_state' })
  })
})

describe('assignments.restore', () => {
  test('does not execute a plan that nobody confirmed', async () => {
    const { tenant, plan } = await givenPlan()
    const start = { type: 'assignments.restore', input: { restoreRunId: plan.id }, trigger: 'user' } as const
    const run = await tenant.ended((await startRun(database.db, tenant.ctx, start)).runId)
    expect(run).toMatchObject({ outcome: 'blocked', failures: [{ reason: 'invalid_state' }] })
    expect(await tenant.writes()).toEqual([])
  })

  test('does not know a plan of another workspace', async () => {
    const { plan } = await givenPlan()
    const stranger = await lab.tenant({ policies: 1 })
    const start = { type: 'assignments.restore', input: { restoreRunId: plan.id }, trigger: 'user' } as const
    const run = await stranger.ended((await startRun(database.db, stranger.ctx, start)).runId)
    expect(run).toMatchObject({ outcome: 'failed', failures: [{ reason: 'not_found' }] })
  })

  test.each([
    [
      'a desired hash',
      (id: RestoreRunId) => sql`update restore_items set desired_hash = preview_hash where restore_run_id = ${id}`,
      'damaged',
    ],
    [
      'a desired set',
      (id: RestoreRunId) => sql`update restore_items set desired = '[]' where restore_run_id = ${id}`,
      'damaged',
    ],
    [
      'an item',
      (id: RestoreRunId) => sql`delete from restore_items where restore_run_id = ${id} and ordinal = 0`,
      'damaged',
    ],
  ])('writes nothing from a plan in which %s was changed after the confirmation', async (_, tamper, reason) => {
    const { tenant, plan } = await givenPlan()
    await tamper(plan.id).execute(database.owner)
    const { run } = await tenant.apply(plan)
    expect(run.outcome).toBe('failed')
    expect(run.failures).toMatchObject([{ reason }])
    expect(await tenant.writes()).toEqual([])
  })
})

describe('undoRestore()', () => {
  test('refuses what is not over, and what wrote nothing', async () => {
    const { tenant, backupSetId, plan } = await givenPlan()
    await expect(undoRestore(database.db, tenant.ctx, { restoreRunId: plan.id })).rejects.toMatchObject({
      reason: 'invalid_state',
    })
    await tenant.apply(plan)
    const { restore } = await tenant.apply(
      await tenant.plan({ backupSetId, mode: 'replace', types: ['configurationPolicies'] }),
    )
    await expect(undoRestore(database.db, tenant.ctx, { restoreRunId: restore.id })).rejects.toMatchObject({
      reason: 'not_applicable',
    })
  })

  test('takes only what was written', async () => {
    const { tenant, policies, plan } = await givenPlan({ count: 3 })
    await tenant.change({
      action: 'deleteObject',
      collection: the(policies[0]).collection,
      id: the(policies[0]).graphId,
    })
    await tenant.apply(plan)
    const undo = await tenant.planUndo(plan.id)
    expect(undo.items.map(({ graphId }) => graphId).toSorted()).toEqual(
      policies
        .slice(1)
        .map(({ graphId }) => graphId)
        .toSorted(),
    )
    expect(undo).toMatchObject({ undoOf: plan.id, backupSetId: null })
  })
})

describe('listRestores()', () => {
  test('lists the newest first, page by page', async () => {
    const { tenant, backupSetId, plan } = await givenPlan()
    const next = await tenant.plan({ backupSetId, mode: 'merge' })
    const first = await listRestores(database.db, tenant.ctx, { limit: 1 })
    const second = await listRestores(database.db, tenant.ctx, { limit: 1, cursor: first.nextCursor ?? '' })
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([next.id, plan.id])
    expect(second.nextCursor).toBeNull()
  })
})
