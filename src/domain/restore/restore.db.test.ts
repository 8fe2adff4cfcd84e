import { describe, expect, test } from 'vitest'
import { groupIds } from '#domain/assignments/testing.ts'
import { useLab } from '#domain/restore/testing.ts'
import type { LabTenant, LivePolicy } from '#domain/restore/testing.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import { policyTypes } from '#graph/contracts/contract.ts'
import { capabilitiesOf } from '#graph/contracts/capabilities.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

const lab = useLab()

const restorable = policyTypes.filter((type) =>
  ['full', 'perTarget'].includes(capabilitiesOf(contractOf(type)).canRestore),
)

function hashes(policies: ReadonlyMap<string, LivePolicy>): ReadonlyMap<string, string> {
  return new Map([...policies].map(([key, { hash }]) => [key, hash]))
}

async function wreck(tenant: LabTenant, policies: Iterable<LivePolicy>): Promise<void> {
  const changes = [...policies].map(({ collection, graphId: id }) => ({
    action: 'setAssignments' as const,
    collection,
    id,
    assignments: [],
  }))
  if (changes.length > 0) await tenant.change(...changes)
}

async function assigned(tenant: LabTenant, type?: PolicyType): Promise<LivePolicy[]> {
  const policies = [...(await tenant.truth()).values()]
  return policies.filter((policy) => policy.assignments.length > 0 && (type === undefined || policy.type === type))
}

function notDone(view: RestoreView) {
  return view.items.filter(({ state }) => state !== 'verified' && state !== 'no_change')
}

describe('a restore', () => {
  test('brings every restorable type back to exactly what the backup holds, and undo takes it away again', async () => {
    const tenant = await lab.tenant({ policies: 300 })
    const backupSetId = await tenant.backup()
    const before = await tenant.truth()
    await wreck(tenant, await assigned(tenant))
    const wrecked = await tenant.truth()
    const plan = await tenant.plan({ backupSetId, mode: 'replace', onlyChanged: true })
    expect(plan.state).toBe('previewed')
    const { run, restore } = await tenant.apply(plan)
    expect(notDone(restore).map(({ type, name, reason, message }) => ({ type, name, reason, message }))).toEqual(
      restore.items
        .filter(({ plan: planned }) => planned === 'skip')
        .map(({ type, name, reason, message }) => ({ type, name, reason, message })),
    )
    const written = new Set(restore.items.filter(({ state }) => state === 'verified').map(({ type }) => type))
    expect(
      restorable.filter(
        (type) =>
          [...before.values()].some((policy) => policy.type === type && policy.assignments.length > 0) &&
          !written.has(type),
      ),
    ).toEqual([])
    const after = await tenant.truth()
    for (const { type, graphId, state } of restore.items) {
      if (state === 'verified')
        expect(after.get(`${type}/${graphId}`)?.hash).toBe(before.get(`${type}/${graphId}`)?.hash)
    }
    expect(run.counts).toMatchObject({ changed: restore.counts.byState.verified, failed: 0, conflicts: 0 })
    expect(restore.state).toBe('completed')

    const undone = await tenant.apply(await tenant.planUndo(restore.id))
    expect(undone.restore.state).toBe('completed')
    expect(hashes(await tenant.truth())).toEqual(hashes(wrecked))

    const again = await tenant.apply(await tenant.planUndo(undone.restore.id))
    expect(again.restore.state).toBe('completed')
    expect(hashes(await tenant.truth())).toEqual(hashes(after))
  }, 120_000)

  test('sends one request per policy with an assign action, each with its intent in the ledger', async () => {
    const tenant = await lab.tenant()
    const backupSetId = await tenant.backup()
    const policies = await assigned(tenant, 'configurationPolicies')
    await wreck(tenant, policies)
    await tenant.apply(await tenant.plan({ backupSetId, mode: 'replace', types: ['configurationPolicies'] }))
    const writes = await tenant.writes()
    expect(writes.map(({ path }) => path).toSorted()).toEqual(
      policies
        .map(({ graphId }) => `/beta${contractOf('configurationPolicies').collection}/${graphId}/assign`)
        .toSorted(),
    )
    const sends = await lab.database.db
      .selectFrom('restore_sends')
      .where('workspace_id', '=', tenant.ctx.workspaceId)
      .selectAll()
      .execute()
    expect(sends.map(({ client_request_id: id }) => id).toSorted()).toEqual(
      writes.map(({ clientRequestId }) => clientRequestId).toSorted(),
    )
    expect(sends.every(({ answer }) => answer === 'accepted')).toBe(true)
  })

  test('does not touch what is equal already', async () => {
    const tenant = await lab.tenant()
    const backupSetId = await tenant.backup()
    const plan = await tenant.plan({ backupSetId, mode: 'replace' })
    expect(plan.counts.byPlan.write).toBe(0)
    const { run } = await tenant.apply(plan)
    expect(run.outcome).toBe('succeeded')
    expect(await tenant.writes()).toEqual([])
  })

  test('merge keeps what was added since, removeExtra takes only that away', async () => {
    const tenant = await lab.tenant()
    const type = 'configurationPolicies'
    const [policy] = await assigned(tenant, type)
    const [gone = ''] = groupIds
    const group = (await lab.simulator.control.groups(tenant.simId))[0]!
    const target = (groupId: string) => ({
      target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId },
    })
    const at = { action: 'setAssignments', collection: policy!.collection, id: policy!.graphId } as const
    const other = (await lab.simulator.control.groups(tenant.simId)).find(({ id }) => id !== group.id && id !== gone)!
    await tenant.change({ ...at, assignments: [target(group.id)] })
    const backupSetId = await tenant.backup([type])
    await tenant.change({ ...at, assignments: [target(other.id)] })
    const scope = { backupSetId, policies: [{ type, graphId: policy!.graphId }] } as const
    const groupsNow = async () =>
      (await tenant.truth())
        .get(`${type}/${policy!.graphId}`)!
        .assignments.map(({ target: { groupId } }) => groupId)
        .toSorted()

    await tenant.apply(await tenant.plan({ ...scope, mode: 'merge' }))
    expect(await groupsNow()).toEqual([group.id, other.id].toSorted())
    await tenant.apply(await tenant.plan({ ...scope, mode: 'removeExtra' }))
    expect(await groupsNow()).toEqual([group.id])
  })

  test('adds before it removes where targets are written one by one, and never holds less than both sides share', async () => {
    const tenant = await lab.tenant({ policies: 300 })
    const type = 'windowsAutopilotDeploymentProfiles'
    const policy =
      (await assigned(tenant, type))[0] ?? [...(await tenant.truth()).values()].find((one) => one.type === type)!
    const [a, b, c] = await lab.simulator.control.groups(tenant.simId)
    const target = (groupId: string) => ({
      target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId },
    })
    const at = { action: 'setAssignments', collection: policy.collection, id: policy.graphId } as const
    await tenant.change({ ...at, assignments: [target(a!.id), target(b!.id)] })
    const backupSetId = await tenant.backup([type])
    await tenant.change({ ...at, assignments: [target(b!.id), target(c!.id)] })
    const { restore } = await tenant.apply(
      await tenant.plan({ backupSetId, mode: 'replace', policies: [{ type, graphId: policy.graphId }] }),
    )
    expect(restore.items).toMatchObject([{ state: 'verified' }])
    expect((await tenant.writes()).map(({ method }) => method)).toEqual(['POST', 'DELETE'])
    const changes = (await tenant.journal()).flatMap(({ change }) =>
      change?.id === policy.graphId && change.source === 'graph' ? [change] : [],
    )
    for (const { after } of changes) expect(JSON.stringify(after)).toContain(b!.id)
  })

  test('says what every policy of a plan was before, is, and will be', async () => {
    const tenant = await lab.tenant()
    const backupSetId = await tenant.backup()
    const [policy] = await assigned(tenant, 'configurationPolicies')
    await wreck(tenant, [policy!])
    const plan = await tenant.plan({ backupSetId, mode: 'replace', onlyChanged: true })
    expect(plan.items).toHaveLength(1)
    expect(plan.items[0]).toMatchObject({
      name: policy!.name,
      plan: 'write',
      state: 'planned',
      desiredHash: policy!.hash,
    })
    expect(plan.items[0]!.diff.length).toBe(policy!.assignments.length)
    expect(plan.items[0]!.diff.every(({ kind }) => kind === 'added')).toBe(true)
    expect(plan.items[0]!.diff.map(({ text }) => text).join(' ')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/)
  })
})
