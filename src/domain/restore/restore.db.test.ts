import { describe, expect, test } from 'vitest'
import { givenPolicies, the, useLab, withoutAssignments } from '#domain/restore/testing.ts'
import { groupRow } from '#domain/restore/testing-rows.ts'
import type { LabTenant, LivePolicy } from '#domain/restore/testing.ts'
import { itemKey } from '#domain/restore/restore-run.ts'
import { showWrite } from '#domain/restore/show-restore.ts'
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
  await tenant.change(...withoutAssignments(policies))
}

async function assigned(tenant: LabTenant, type?: PolicyType): Promise<LivePolicy[]> {
  const policies = [...(await tenant.truth()).values()]
  return policies.filter((policy) => policy.assignments.length > 0 && (type === undefined || policy.type === type))
}

/** Some generated types have only policies whose groups are gone: some of each type get a group that is there. */
async function giveGroupsToEveryType(tenant: LabTenant): Promise<void> {
  const [{ id: groupId } = { id: '' }] = await lab.simulator.control.groups(tenant.simId)
  const simple = restorable.filter((type) => {
    const { assignmentProperties, targets } = contractOf(type)
    return assignmentProperties.length === 0 && targets.includes('group')
  })
  // What a small tenant has of these are the defaults of the service, which are never written.
  await tenant.change(
    {
      action: 'createObject',
      collection: contractOf('deviceEnrollmentConfigurations').collection,
      properties: {
        '@odata.type': '#microsoft.graph.windows10EnrollmentCompletionPageConfiguration',
        displayName: 'Status page',
        priority: 1,
      },
    },
    {
      action: 'createObject',
      collection: contractOf('intuneBrandingProfiles').collection,
      properties: {
        '@odata.type': '#microsoft.graph.intuneBrandingProfile',
        profileName: 'Branding',
        isDefaultProfile: false,
      },
    },
  )
  const byType = Map.groupBy((await tenant.truth()).values(), ({ type }) => type)
  const chosen = simple.flatMap((type) => (byType.get(type) ?? []).slice(-5))
  const action = 'setAssignments' as const
  await tenant.change(
    ...chosen.map(({ collection, graphId: id }) => ({ action, collection, id, assignments: [groupRow(groupId)] })),
  )
}

async function sendsOf({ ctx }: LabTenant) {
  const sends = lab.database.owner.selectFrom('restore_sends').where('workspace_id', '=', ctx.workspaceId)
  return sends.selectAll().orderBy('intent_at').execute()
}

function notDone(view: RestoreView) {
  return view.items.filter(({ state }) => state !== 'verified' && state !== 'no_change')
}

describe('a restore', () => {
  test('brings every restorable type back to exactly what the backup holds, and undo takes it away again', async () => {
    const tenant = await lab.tenant({ policies: 300 })
    await giveGroupsToEveryType(tenant)
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
    const verified = restore.items.filter(({ state }) => state === 'verified').map((item) => itemKey(item))
    expect(verified.map((key) => after.get(key)?.hash)).toEqual(verified.map((key) => before.get(key)?.hash))
    expect(run.counts).toMatchObject({ changed: restore.counts.byState.verified, failed: 0 })
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
    await wreck(tenant, await assigned(tenant, 'configurationPolicies'))
    const plan = await tenant.plan({ backupSetId, mode: 'replace', types: ['configurationPolicies'] })
    await tenant.apply(plan)
    const planned = plan.items.filter((item) => item.plan === 'write')
    const writes = await tenant.writes()
    expect(planned.length).toBeGreaterThan(1)
    const paths = planned.map(
      ({ graphId }) => `/beta${contractOf('configurationPolicies').collection}/${graphId}/assign`,
    )
    expect(writes.map(({ path }) => path)).toEqual(paths)
    const sends = await sendsOf(tenant)
    expect(sends.map(({ client_request_id: id }) => id)).toEqual(writes.map(({ clientRequestId }) => clientRequestId))
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
    const [mine, other] = await lab.simulator.control.groups(tenant.simId)
    const at = { action: 'setAssignments', collection: the(policy).collection, id: the(policy).graphId } as const
    await tenant.change({ ...at, assignments: [groupRow(the(mine).id)] })
    const backupSetId = await tenant.backup([type])
    await tenant.change({ ...at, assignments: [groupRow(the(other).id)] })
    const scope = { backupSetId, policies: [{ type, graphId: the(policy).graphId }] } as const
    const groupsNow = async () => {
      const { assignments } = the((await tenant.truth()).get(`${type}/${the(policy).graphId}`))
      return assignments.map(({ target: { groupId } }) => String(groupId)).toSorted()
    }

    await tenant.apply(await tenant.plan({ ...scope, mode: 'merge' }))
    expect(await groupsNow()).toEqual([the(mine).id, the(other).id].toSorted())
    await tenant.apply(await tenant.plan({ ...scope, mode: 'removeExtra' }))
    expect(await groupsNow()).toEqual([the(mine).id])
  })

  test('adds before it removes where targets are written one by one, and never holds less than both sides share', async () => {
    const tenant = await lab.tenant({ policies: 300 })
    const type = 'windowsAutopilotDeploymentProfiles'
    const policy =
      (await assigned(tenant, type))[0] ?? the([...(await tenant.truth()).values()].find((one) => one.type === type))
    const [a, b, c] = await lab.simulator.control.groups(tenant.simId)
    const at = { action: 'setAssignments', collection: policy.collection, id: policy.graphId } as const
    await tenant.change({ ...at, assignments: [groupRow(the(a).id), groupRow(the(b).id)] })
    const backupSetId = await tenant.backup([type])
    await tenant.change({ ...at, assignments: [groupRow(the(b).id), groupRow(the(c).id)] })
    const { restore } = await tenant.apply(
      await tenant.plan({ backupSetId, mode: 'replace', policies: [{ type, graphId: policy.graphId }] }),
    )
    expect(restore.items).toMatchObject([{ state: 'verified' }])
    expect((await tenant.writes()).map(({ method }) => method)).toEqual(['POST', 'DELETE'])
    const changes = (await tenant.journal()).flatMap(({ change }) =>
      change?.id === policy.graphId && change.source === 'graph' ? [change] : [],
    )
    for (const { after } of changes) expect(JSON.stringify(after)).toContain(the(b).id)
  })

  test('says what every policy of a plan was before, is, and will be', async () => {
    const tenant = await lab.tenant()
    const [policy] = await givenPolicies(lab, tenant)
    const backupSetId = await tenant.backup()
    await wreck(tenant, [the(policy)])
    const plan = await tenant.plan({ backupSetId, mode: 'replace', onlyChanged: true })
    const [group] = await lab.simulator.control.groups(tenant.simId)
    expect(plan.items).toMatchObject([
      {
        name: the(policy).name,
        plan: 'write',
        state: 'planned',
        desiredHash: the(policy).hash,
        diff: [{ kind: 'added', text: `${the(group).displayName} (group)` }],
      },
    ])
    const requests = await showWrite(lab.database.db, tenant.ctx, { restoreRunId: plan.id, ...the(policy) })
    const body = { assignments: [{ target: { groupId: the(group).id } }] }
    expect(requests).toMatchObject([
      { method: 'POST', path: expect.stringMatching(`/${the(policy).graphId}/assign$`), body },
    ])
  })
})
