import { describe, expect, test } from 'vitest'
import { hashAssignments } from '#domain/assignments/hash-assignments.ts'
import { createBackup } from '#domain/backups/create-backup.ts'
import { listBackups } from '#domain/backups/list-backups.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { readSnapshot } from '#domain/backups/read-snapshot.ts'
import { backupSetOfRun, findBackupItem, latestBackup, showBackup } from '#domain/backups/show-backup.ts'
import { the, useLab } from '#domain/restore/testing.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { contractOf, contracts } from '#graph/contracts/registry.ts'

const lab = useLab()
const { database } = lab

async function partsOf(tenantId: string): Promise<number> {
  const rows = await database.owner
    .selectFrom('snapshot_parts')
    .where('tenant_id', '=', tenantId)
    .select('hash')
    .execute()
  return rows.length
}

describe('backup.capture', () => {
  test('keeps every policy of the tenant, its assignments as they are, and what they refer to', async () => {
    const tenant = await lab.tenant()
    const backupSetId = await tenant.backup()
    const backup = await showBackup(database.db, tenant.ctx, { backupSetId })
    expect(backup.state).toBe('complete')
    const objects = await lab.simulator.control.objects(tenant.simId)
    const inCollections = new Set(contracts.map(({ collection }) => collection))
    expect(backup.counts.policies).toBe(objects.filter(({ collection }) => inCollections.has(collection)).length)
    expect(backup.counts.foundations).toBeGreaterThan(0)
    for (const policy of (await tenant.truth()).values()) {
      const snapshot = await readSnapshot(database.db, tenant.ctx, { backupSetId, ...policy })
      expect(snapshot.name).toBe(policy.name)
      // Graph shows an assignment on defaults of the service that nobody made.
      if (snapshot.payload['priority'] === 0) continue
      const direct = snapshot.assignments?.filter(({ source }) => source === 'direct')
      expect(hashAssignments(direct ?? [])).toBe(policy.hash)
    }
  })

  test('ends as one run whose counts are its policies', async () => {
    const tenant = await lab.tenant({ policies: 30 })
    const { runId } = await createBackup(database.db, tenant.ctx, { note: 'before the change' })
    const run = await tenant.ended(runId)
    const set = await backupSetOfRun(database.db, tenant.ctx, runId)
    const view = await showBackup(database.db, tenant.ctx, { backupSetId: the(set).id })
    expect(run).toMatchObject({ outcome: 'succeeded', context: { backupSetId: the(set).id, backupState: 'complete' } })
    expect(run.counts).toMatchObject({
      total: view.counts.policies,
      succeeded: view.counts.policies,
      created: view.counts.policies,
      failed: 0,
    })
    expect(view.note).toBe('before the change')
  })

  test('adds no copy of what did not change', async () => {
    const tenant = await lab.tenant({ policies: 30 })
    await tenant.backup()
    const before = await partsOf(tenant.ctx.tenantId)
    const { runId } = await createBackup(database.db, tenant.ctx)
    const run = await tenant.ended(runId)
    expect(await partsOf(tenant.ctx.tenantId)).toBe(before)
    expect(run.counts).toMatchObject({ created: 0, unchanged: run.counts['succeeded'] })
  })

  test('names what Microsoft Graph never returns', async () => {
    const tenant = await lab.tenant()
    const backup = await showBackup(database.db, tenant.ctx, { backupSetId: await tenant.backup() })
    for (const contract of contracts) {
      expect(backup.completeness[contract.key]?.neverReturned).toEqual(contract.neverReturned)
    }
    expect(contracts.some(({ neverReturned }) => neverReturned.length > 0)).toBe(true)
  })

  test('is partial when a type cannot be read, and says which and why', async () => {
    const tenant = await lab.tenant()
    const { collection } = contractOf('deviceCompliancePolicies')
    await lab.simulator.faults({
      match: { collection, tenant: tenant.simId },
      count: null,
      effect: { kind: 'status', status: 403 },
    })
    const { runId } = await createBackup(database.db, tenant.ctx)
    const run = await tenant.ended(runId)
    const set = await backupSetOfRun(database.db, tenant.ctx, runId)
    expect(the(set).state).toBe('partial')
    expect(the(set).completeness.deviceCompliancePolicies).toMatchObject({
      state: 'failed',
      captured: 0,
      problems: [{ reason: 'permission_denied' }],
    })
    expect(run).toMatchObject({
      outcome: 'partially_succeeded',
      failures: [{ code: 'backup.capture_failed', reason: 'permission_denied' }],
    })
  })

  test('keeps a policy it could not read whole as unread, never as empty', async () => {
    const tenant = await lab.tenant()
    const policy = the([...(await tenant.truth()).values()].find(({ type }) => type === 'deviceManagementScripts'))
    const path = `/beta${policy.collection}/${policy.graphId}`
    await lab.simulator.faults({ match: { path }, count: null, effect: { kind: 'status', status: 500 } })
    const backup = await showBackup(database.db, tenant.ctx, { backupSetId: await tenant.backup() })
    expect(backup.state).toBe('partial')
    expect(backup.unreadItems).toMatchObject([{ type: policy.type, graphId: policy.graphId, name: policy.name }])
    const wanted = { backupSetId: backup.id, ...policy }
    await expect(readSnapshot(database.db, tenant.ctx, wanted)).rejects.toMatchObject({ reason: 'incomplete_read' })
  })

  test('fails with the reason when nothing can be read, and makes no set to restore from', async () => {
    const tenant = await lab.tenant({ policies: 10 })
    await lab.simulator.faults({
      match: { kind: 'token', tenant: tenant.simId },
      count: null,
      effect: { kind: 'tokenError', code: 7000215 },
    })
    const { runId } = await createBackup(database.db, tenant.ctx)
    const run = await tenant.ended(runId)
    expect(run).toMatchObject({ outcome: 'blocked', failures: [{ reason: 'authentication_failed' }] })
    expect((await backupSetOfRun(database.db, tenant.ctx, runId))?.state).toBe('failed')
    await expect(latestBackup(database.db, tenant.ctx)).rejects.toMatchObject({ reason: 'not_found' })
  })

  test('finds what a list lost without a word, when the inventory knows it, and is partial', async () => {
    const tenant = await lab.tenant({ policies: 120 })
    await tenant.ended(
      (await startRun(database.db, tenant.ctx, { type: 'inventory.sync', input: {}, trigger: 'user' })).runId,
    )
    const { collection } = contractOf('configurationPolicies')
    const policies = [...(await tenant.truth()).values()].filter(({ type }) => type === 'configurationPolicies')
    await lab.simulator.control.changeSettings({ pageSize: 3 })
    await lab.simulator.faults({ match: { collection, tenant: tenant.simId }, effect: { kind: 'dropNextLink' } })
    const backup = await showBackup(database.db, tenant.ctx, {
      backupSetId: await tenant.backup(['configurationPolicies']),
    })
    expect(policies.length).toBeGreaterThan(3)
    expect(backup).toMatchObject({ state: 'partial', counts: { policies: policies.length, unread: 0 } })
    expect(backup.completeness.configurationPolicies).toMatchObject({
      state: 'partial',
      problems: [{ reason: 'incomplete_read' }],
    })
  })

  test('goes on after a pause that Graph asked for, and does not read again what it has', async () => {
    const tenant = await lab.tenant({ policies: 20 })
    const { collection } = contractOf('mobileApps')
    const effect = { kind: 'status', status: 429, retryAfter: 0.2, blocks: false } as const
    await lab.simulator.faults({ match: { collection, tenant: tenant.simId }, count: 4, effect })
    const { runId } = await createBackup(database.db, tenant.ctx)
    const run = await tenant.ended(runId)
    expect(run).toMatchObject({ outcome: 'succeeded', throttles: 0, attempts: 2 })
    const lists = (await tenant.journal()).filter(
      ({ path }) => path === `/beta${contractOf('configurationPolicies').collection}`,
    )
    expect(lists).toHaveLength(1)
    expect(await backupSetOfRun(database.db, tenant.ctx, runId)).toMatchObject({ state: 'complete' })
  })

  test('takes only the types it is asked for', async () => {
    const tenant = await lab.tenant()
    const backup = await showBackup(database.db, tenant.ctx, {
      backupSetId: await tenant.backup(['configurationPolicies']),
    })
    const policies = [...(await tenant.truth()).values()].filter(({ type }) => type === 'configurationPolicies')
    expect(backup.counts.policies).toBe(policies.length)
  })
})

describe('listBackups()', () => {
  test('lists the newest first, page by page', async () => {
    const tenant = await lab.tenant({ policies: 5 })
    const sets = [await tenant.backup(), await tenant.backup(), await tenant.backup()]
    const first = await listBackups(database.db, tenant.ctx, { limit: 2 })
    const second = await listBackups(database.db, tenant.ctx, { limit: 2, cursor: first.nextCursor ?? '' })
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(sets.toReversed())
    expect(second.nextCursor).toBeNull()
  })
})

describe('showBackup()', () => {
  test('does not know the sets of another tenant', async () => {
    const [one, other] = [await lab.tenant({ policies: 5 }), await lab.tenant({ policies: 5 })]
    const backupSetId = await one.backup()
    await expect(showBackup(database.db, other.ctx, { backupSetId })).rejects.toMatchObject({ reason: 'not_found' })
  })
})

describe('findBackupItem()', () => {
  test('finds a policy by its name or id, also when the tenant has lost it since', async () => {
    const tenant = await lab.tenant({ policies: 20 })
    const backupSetId = await tenant.backup()
    const policies = [...(await tenant.truth()).values()]
    const policy = the(policies.find(({ name }) => policies.filter((other) => other.name === name).length === 1))
    await tenant.change({ action: 'deleteObject', collection: policy.collection, id: policy.graphId })
    for (const text of [policy.name, policy.graphId]) {
      expect(await findBackupItem(database.db, tenant.ctx, { backupSetId, text })).toMatchObject({
        type: policy.type,
        graphId: policy.graphId,
      })
    }
    await expect(
      findBackupItem(database.db, tenant.ctx, { backupSetId, text: 'no such policy' }),
    ).rejects.toBeInstanceOf(Failure)
  })
})
