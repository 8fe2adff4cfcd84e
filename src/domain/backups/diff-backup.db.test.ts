import { expect, test } from 'vitest'
import { diffBackup } from '#domain/backups/diff-backup.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { LabTenant, LivePolicy } from '#domain/restore/testing.ts'
import { the, useLab } from '#domain/restore/testing.ts'
import { contractOf } from '#graph/contracts/registry.ts'

const lab = useLab()
const { database } = lab
const { collection } = contractOf('configurationPolicies')
const allDevices = { target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }

const isAllDevices = ({ target }: LivePolicy['assignments'][number]) =>
  target['@odata.type'] === allDevices.target['@odata.type']

async function sync(tenant: LabTenant): Promise<void> {
  const { runId } = await startRun(database.db, tenant.ctx, { type: 'inventory.sync', input: {}, trigger: 'user' })
  await tenant.ended(runId)
}

async function policiesOf(tenant: LabTenant) {
  const all = [...(await tenant.truth()).values()]
  return all.filter(({ type, assignments }) => type === 'configurationPolicies' && assignments.length > 0)
}

test('diffBackup() finds nothing when nothing changed', async () => {
  const tenant = await lab.tenant()
  const backupSetId = await tenant.backup()
  await sync(tenant)
  const diff = await diffBackup(database.db, tenant.ctx, { backupSetId })
  expect(diff.differences).toEqual([])
  expect(diff.unchanged).toBe(diff.compared)
  expect(diff.compared).toBeGreaterThan(0)
})

test('diffBackup() names what changed, what is gone and what is new', async () => {
  const tenant = await lab.tenant()
  const backupSetId = await tenant.backup()
  const policies = await policiesOf(tenant)
  const changed = policies.find(({ assignments }) => assignments.every((one) => !isAllDevices(one)))
  const gone = policies.find((policy) => policy !== changed)
  await tenant.change(
    { action: 'setAssignments', collection, id: the(changed).graphId, assignments: [allDevices] },
    { action: 'deleteObject', collection, id: the(gone).graphId },
    { action: 'createObject', collection, id: 'aaaaaaaa-0000-4000-8000-000000000001', properties: { name: 'Fresh' } },
  )
  await sync(tenant)
  const { differences } = await diffBackup(database.db, tenant.ctx, { backupSetId })
  const stateOf = (graphId: string) => differences.find((one) => one.graphId === graphId)
  expect(differences).toHaveLength(3)
  expect(stateOf(the(changed).graphId)).toMatchObject({
    state: 'changed',
    lines: expect.arrayContaining([{ kind: 'added', text: 'All devices' }]),
  })
  // Deleted only once a complete read no longer showed it: it was never observed before, so nothing is known of it.
  expect(stateOf(the(gone).graphId)?.state).toBe('unknown')
  expect(stateOf('aaaaaaaa-0000-4000-8000-000000000001')).toMatchObject({ state: 'new', name: 'Fresh' })
})

test('diffBackup() calls a policy deleted that was observed and is gone', async () => {
  const tenant = await lab.tenant()
  await sync(tenant)
  const backupSetId = await tenant.backup()
  const [gone] = await policiesOf(tenant)
  await tenant.change({ action: 'deleteObject', collection, id: the(gone).graphId })
  await sync(tenant)
  const { differences } = await diffBackup(database.db, tenant.ctx, { backupSetId })
  expect(differences.map(({ graphId, state }) => [graphId, state])).toEqual([[the(gone).graphId, 'deleted']])
})

test('diffBackup() takes unread for unknown: never for removed, never for new', async () => {
  const tenant = await lab.tenant()
  await sync(tenant)
  await lab.simulator.faults({
    match: { collection, tenant: tenant.simId },
    count: null,
    effect: { kind: 'status', status: 403 },
  })
  const partial = await tenant.backup()
  await lab.simulator.control.clearFaults()
  await sync(tenant)
  expect((await diffBackup(database.db, tenant.ctx, { backupSetId: partial })).differences).toEqual([])

  const complete = await tenant.backup()
  await sync(tenant)
  await database.owner
    .updateTable('policies')
    .set({ assignments_stale: true, assignments_problem: 'unreadable' })
    .where('tenant_id', '=', tenant.ctx.tenantId)
    .where('type', '=', 'configurationPolicies')
    .execute()
  const { differences } = await diffBackup(database.db, tenant.ctx, { backupSetId: complete })
  expect(new Set(differences.map(({ type, state }) => `${type} ${state}`))).toEqual(
    new Set(['configurationPolicies unknown']),
  )
})

test('diffBackup() does not know a backup of another tenant', async () => {
  const [one, other] = [await lab.tenant(), await lab.tenant()]
  const backupSetId = await one.backup()
  await expect(diffBackup(database.db, other.ctx, { backupSetId })).rejects.toMatchObject({ reason: 'not_found' })
})
