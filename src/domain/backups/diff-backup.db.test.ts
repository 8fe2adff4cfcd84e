import { describe, expect, test } from 'vitest'
import { diffBackup } from '#domain/backups/diff-backup.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { givenPolicies, the, useLab, withoutAssignments } from '#domain/restore/testing.ts'
import type { LabTenant } from '#domain/restore/testing.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'
import { contractOf } from '#graph/contracts/registry.ts'

const lab = useLab()
const { database } = lab

async function synced(tenant: LabTenant): Promise<void> {
  const { runId } = await startRun(database.db, tenant.ctx, { type: 'inventory.sync', input: {}, trigger: 'user' })
  await tenant.ended(runId)
}

async function differences(tenant: LabTenant, backupSetId: BackupSetId) {
  await synced(tenant)
  return (await diffBackup(database.db, tenant.ctx, { backupSetId })).differences
}

describe('diffBackup()', () => {
  test('finds nothing where nothing happened', async () => {
    const tenant = await lab.tenant()
    const backupSetId = await tenant.backup()
    await synced(tenant)
    const diff = await diffBackup(database.db, tenant.ctx, { backupSetId })
    expect(diff.differences).toEqual([])
    expect(diff.unchanged).toBe(diff.compared)
    expect(diff.compared).toBeGreaterThan(10)
  })

  test('says in names what became of each policy: changed, deleted, new', async () => {
    const tenant = await lab.tenant()
    const [changed, deleted] = await givenPolicies(lab, tenant, { count: 2 })
    const [group] = await lab.simulator.control.groups(tenant.simId)
    await synced(tenant)
    const backupSetId = await tenant.backup()
    const { collection } = contractOf('configurationPolicies')
    await tenant.change(
      ...withoutAssignments([the(changed)]),
      { action: 'deleteObject', collection, id: the(deleted).graphId },
      { action: 'createObject', collection, properties: { name: 'Brand new', platforms: 'windows10' } },
    )
    const found = await differences(tenant, backupSetId)
    const lines = [{ kind: 'removed', text: `${the(group).displayName} (group)` }]
    expect(found).toHaveLength(3)
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ graphId: the(changed).graphId, state: 'changed', lines }),
        expect.objectContaining({ graphId: the(deleted).graphId, state: 'deleted' }),
        expect.objectContaining({ name: 'Brand new', state: 'new' }),
      ]),
    )
  })

  test('takes what could not be read for unknown, never for removed', async () => {
    const tenant = await lab.tenant()
    const policies = await givenPolicies(lab, tenant, { count: 3 })
    await synced(tenant)
    const backupSetId = await tenant.backup()
    const { collection } = contractOf('configurationPolicies')
    await lab.simulator.faults({
      match: { collection, tenant: tenant.simId },
      count: null,
      effect: { kind: 'status', status: 403 },
    })
    await tenant.change(...withoutAssignments(policies))
    const found = await differences(tenant, backupSetId)
    expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['unknown']))
    expect(found.map(({ graphId }) => graphId)).toEqual(expect.arrayContaining(policies.map(({ graphId }) => graphId)))
  })

  test('calls nothing new of a type that the backup could not read', async () => {
    const tenant = await lab.tenant()
    const { collection } = contractOf('deviceCompliancePolicies')
    await lab.simulator.faults({
      match: { collection, tenant: tenant.simId },
      count: null,
      effect: { kind: 'status', status: 403 },
    })
    const backupSetId = await tenant.backup()
    await lab.simulator.control.clearFaults()
    expect(await differences(tenant, backupSetId)).toEqual([])
  })

  test('does not know the set of another tenant', async () => {
    const [one, other] = [await lab.tenant({ policies: 2 }), await lab.tenant({ policies: 2 })]
    const backupSetId = await one.backup()
    await expect(diffBackup(database.db, other.ctx, { backupSetId })).rejects.toMatchObject({ reason: 'not_found' })
  })
})
