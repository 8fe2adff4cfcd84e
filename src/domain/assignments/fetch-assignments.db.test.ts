import { afterEach, describe, expect, it } from 'vitest'
import { diffPolicies, diffWithBackup } from '#domain/assignments/diff-assignments.ts'
import { createCaptureBackupHandler } from '#domain/backups/capture-backup-handler.ts'
import { explainGroup } from '#domain/assignments/explain-group.ts'
import { explainPolicy } from '#domain/assignments/explain-policy.ts'
import { listOrphans } from '#domain/assignments/list-orphans.ts'
import { showAssignments } from '#domain/assignments/show-assignments.ts'
import { findPolicy } from '#domain/inventory/find-policy.ts'
import { listPolicies } from '#domain/inventory/list-policies.ts'
import { attempt, fetchOnce, syncOnce, useSimulator } from '#domain/inventory/testing.ts'
import type { SimulatedTenant } from '#domain/inventory/testing.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'
import type { FaultPlanInput } from '../../../simulator/faults/fault-plan.ts'

const database = useTestDatabase()
const simulator = useSimulator()

const collection = '/deviceManagement/configurationPolicies'

afterEach(() => simulator.control.clearFaults())

describe('assignments.fetch', () => {
  it('reads some policies anew and leaves the others alone', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const [one, two, other] = await settingsPolicies(tenant)
    await assign(tenant, one, [toGroup(pilot.id)])
    await assign(tenant, other, [toGroup(pilot.id)])
    await givenPilot(tenant)
    const run = await fetchOnce(tenant, { kind: 'policies', policyIds: [one.id, two.id] })
    expect(run).toMatchObject({
      outcome: 'succeeded',
      failures: [],
      counts: { total: 2, processed: 2, succeeded: 2, changed: 1, unchanged: 1, orphaned: 0 },
    })
    expect(await words(tenant, one)).toEqual(['Pilot – Windows (group)'])
    expect(await words(tenant, other)).not.toEqual(['Pilot – Windows (group)'])
  })

  it('reads whole types in one request each, one item per policy', async () => {
    const tenant = await simulator.givenTenant(database.db, { policies: 200 })
    await syncOnce(tenant)
    const known = await settingsPolicies(tenant)
    const before = await lastRequest(tenant)
    const run = await fetchOnce(tenant, { kind: 'types', types: ['configurationPolicies'] })
    expect(run.counts).toMatchObject({ total: known.length, succeeded: known.length, unchanged: known.length })
    expect(await requestsSince(tenant, before)).toBeLessThanOrEqual(4)
    const { items } = await listRunItems(tenant.db, tenant.ctx, run.id)
    expect(items.filter(({ key }) => key.startsWith('configurationPolicies/'))).toHaveLength(known.length)
  })

  it('reads a whole tenant that was never synchronised', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const run = await fetchOnce(tenant, { kind: 'all' })
    expect(run.outcome).toBe('succeeded')
    const { items } = await listPolicies(tenant.db, tenant.ctx, { limit: 500 })
    expect(run.counts['total']).toBe(items.length)
    expect(
      items.every(
        ({ type, assignments }) =>
          assignments.state === (type === 'deviceComplianceScripts' ? 'not_assignable' : 'read'),
      ),
    ).toBe(true)
  })

  it('reads the policy of a backup item, also one it has not seen yet', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const [policy] = await simulator.control.objectsOf(tenant.id, collection)
    const run = await fetchOnce(tenant, {
      kind: 'backupItem',
      backupSetId: anyBackupSet,
      type: 'configurationPolicies',
      graphId: policy?.id ?? '',
    })
    expect(run).toMatchObject({ outcome: 'succeeded', counts: { total: 1, changed: 1 } })
    expect(await findPolicy(tenant.db, tenant.ctx, policy?.id ?? '')).toMatchObject({ name: policy?.name })
  })

  it('keeps what is stored when some policies cannot be read, and says which and why', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const [one, two] = await settingsPolicies(tenant)
    const before = await words(tenant, one)
    await assign(tenant, one, [])
    await faults({
      match: { path: `/beta${collection}/${one.graphId}*`, in: 'any' },
      count: null,
      effect: { kind: 'status', status: 403 },
    })
    const run = await fetchOnce(tenant, { kind: 'policies', policyIds: [one.id, two.id] })
    expect(run).toMatchObject({
      outcome: 'partially_succeeded',
      counts: { total: 2, processed: 2, succeeded: 1, failed: 1, unread: 1 },
      failures: [{ code: 'assignments.fetch_failed', reason: 'permission_denied', sample: one.name }],
    })
    const view = await showAssignments(tenant.db, tenant.ctx, { policyId: one.id })
    expect(view.freshness).toMatchObject({ state: 'stale' })
    expect(view.freshness.problem).toContain('DeviceManagementConfiguration.Read.All')
    expect(view.assignments?.map((assignment) => assignment.words)).toEqual(before)
  })

  it('marks every known policy of a type stale when the list fails, and counts each as failed', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const known = await settingsPolicies(tenant)
    await faults({ match: { collection }, count: null, effect: { kind: 'status', status: 500 } })
    const run = await fetchOnce(tenant, { kind: 'types', types: ['configurationPolicies', 'intents'] })
    expect(run.outcome).toBe('partially_succeeded')
    expect(run.counts).toMatchObject({ failed: known.length, unread: known.length })
    const { items } = await listPolicies(tenant.db, tenant.ctx, { state: 'stale', limit: 500 })
    expect(items.map(({ id }) => id).toSorted()).toEqual(known.map(({ id }) => id).toSorted())
  })

  it('fails for a type that was never read and cannot be', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await faults({ match: { collection }, count: null, effect: { kind: 'html', status: 200 } })
    const run = await fetchOnce(tenant, { kind: 'types', types: ['configurationPolicies'] })
    expect(run).toMatchObject({ outcome: 'failed', counts: { total: 1, failed: 1 } })
  })

  it('does not call a policy that vanished missing: that is for a complete read to say', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const [one] = await settingsPolicies(tenant)
    await simulator.control.change(tenant.id, [{ action: 'deleteObject', collection, id: one.graphId }])
    const run = await fetchOnce(tenant, { kind: 'policies', policyIds: [one.id] })
    expect(run).toMatchObject({ outcome: 'failed', failures: [{ reason: 'not_found', sample: one.name }] })
    expect(await findPolicy(tenant.db, tenant.ctx, one.id)).toMatchObject({ missingSince: null })
    await fetchOnce(tenant, { kind: 'types', types: ['configurationPolicies'] })
    expect((await findPolicy(tenant.db, tenant.ctx, one.id)).missingSince).not.toBeNull()
  })

  it('answers for an id the tenant does not have, and reads the others', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const stranger = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    await syncOnce(stranger)
    const [one] = await settingsPolicies(tenant)
    const [foreign] = await settingsPolicies(stranger)
    const run = await fetchOnce(tenant, { kind: 'policies', policyIds: [one.id, foreign.id] })
    expect(run).toMatchObject({ outcome: 'partially_succeeded', counts: { total: 2, succeeded: 1, failed: 1 } })
    expect(run.failures).toMatchObject([{ reason: 'not_found' }])
  })
})

describe('showAssignments()', () => {
  it('names groups with their rule, filters with theirs, and scope tags', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const [one] = await settingsPolicies(tenant)
    const [filter] = await simulator.control.filters(tenant.id)
    await givenPilot(tenant)
    const id = String(filter?.['id'])
    await assign(tenant, one, [toGroup(pilot.id, { id, mode: 'include' }), toExclusion(pilot.id), toEveryUser])
    await fetchOnce(tenant, { kind: 'policies', policyIds: [one.id] })
    const view = await showAssignments(tenant.db, tenant.ctx, { policyId: one.id })
    expect(view.freshness).toMatchObject({ state: 'read', problem: null })
    const group = view.assignments?.find(({ assignment }) => assignment.target.kind === 'group')
    expect(group).toMatchObject({
      words: `Pilot – Windows (group), filter include "${String(filter?.['displayName'])}"`,
      group: { name: 'Pilot – Windows', kind: 'dynamic', membershipRule: pilotRule, isOrphaned: false },
      filter: { name: filter?.['displayName'], rule: filter?.['rule'], mode: 'include', isOrphaned: false },
    })
    expect(view.scopeTags.every(({ name }) => name !== null)).toBe(true)
  })

  it('says of a policy that was never read that it is unread, and not that it has none', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const path = '/beta/deviceAppManagement/iosManagedAppProtections/*/assignments'
    await faults({ match: { path }, count: null, effect: { kind: 'status', status: 500 } })
    await syncOnce(tenant)
    const [other] = await settingsPolicies(tenant)
    const { items } = await listPolicies(tenant.db, tenant.ctx, { state: 'unread' })
    const policy = items.find(({ type }) => type === 'iosManagedAppProtections')
    if (!policy) throw new Error('a protection is needed')
    const view = await showAssignments(tenant.db, tenant.ctx, { policyId: policy.id })
    expect(view).toMatchObject({ assignments: null, hash: null, freshness: { state: 'unread', observedAt: null } })
    expect((await explainPolicy(tenant.db, tenant.ctx, { policyId: policy.id })).sentences).toEqual([
      expect.stringContaining('Who gets it is unknown: its assignments were never read') as string,
    ])
    await expect(diffPolicies(tenant.db, tenant.ctx, { policyId: policy.id, otherId: other.id })).rejects.toMatchObject(
      {
        reason: 'incomplete_read',
      },
    )
    const unassigned = await listPolicies(tenant.db, tenant.ctx, { state: 'unassigned', limit: 500 })
    expect(unassigned.items.map(({ id }) => id)).not.toContain(policy.id)
  })

  it('refuses a policy of another tenant as if it were not there', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const stranger = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const [one] = await settingsPolicies(tenant)
    await expect(showAssignments(stranger.db, stranger.ctx, { policyId: one.id })).rejects.toMatchObject({
      reason: 'not_found',
    })
  })
})

describe('explainGroup()', () => {
  it('lists what includes the group and what excludes it, and what reaches everybody', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const [one, two, three] = await settingsPolicies(tenant)
    await givenPilot(tenant)
    await assign(tenant, one, [toGroup(pilot.id)])
    await assign(tenant, two, [toEveryUser, toExclusion(pilot.id)])
    await assign(tenant, three, [])
    await fetchOnce(tenant, { kind: 'types', types: ['configurationPolicies'] })
    const group = await explainGroup(tenant.db, tenant.ctx, { group: 'Pilot – Windows' })
    expect(group.includedBy.map(({ policy }) => policy.id)).toEqual([one.id])
    expect(group.excludedBy.map(({ policy }) => policy.id)).toEqual([two.id])
    expect(group.everybody.allUsers).toBeGreaterThan(0)
    expect(group.unread).toBe(0)
  })

  it('suggests the group that was perhaps meant', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const [one] = await settingsPolicies(tenant)
    await givenPilot(tenant)
    await assign(tenant, one, [toGroup(pilot.id)])
    await fetchOnce(tenant, { kind: 'policies', policyIds: [one.id] })
    await expect(explainGroup(tenant.db, tenant.ctx, { group: 'Pilot - Windows' })).rejects.toMatchObject({
      reason: 'not_found',
      message: expect.stringContaining('Did you mean "Pilot – Windows"') as string,
    })
  })
})

describe('diffWithBackup()', () => {
  it('says what happened to a policy since the backup, in names', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const [one] = await settingsPolicies(tenant)
    await givenPilot(tenant)
    await assign(tenant, one, [toGroup(pilot.id), toEveryUser])
    const backupSetId = await captureOnce(tenant)
    await assign(tenant, one, [toExclusion(pilot.id), toEveryUser])
    await fetchOnce(tenant, { kind: 'policies', policyIds: [one.id] })
    const diff = await diffWithBackup(tenant.db, tenant.ctx, { policyId: one.id, backupSetId })
    expect(diff.lines).toEqual([
      { kind: 'added', text: 'Pilot – Windows (excluded group)' },
      { kind: 'removed', text: 'Pilot – Windows (group)' },
    ])
    expect(diff.freshness.state).toBe('read')
  })
})

describe('listOrphans()', () => {
  it('lists assignments to deleted groups and through deleted filters, by the name they had', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await givenPilot(tenant)
    const [one] = (await simulator.control.objectsOf(tenant.id, collection)).map(({ id }) => ({ graphId: id }))
    const [filter] = await simulator.control.filters(tenant.id)
    const id = String(filter?.['id'])
    await assign(tenant, { graphId: one?.graphId ?? '' }, [toGroup(pilot.id, { id, mode: 'exclude' })])
    await syncOnce(tenant)
    await simulator.control.change(tenant.id, [
      { action: 'deleteGroup', id: pilot.id },
      { action: 'deleteFilter', id },
    ])
    const run = await syncOnce(tenant)
    expect(run.outcome).toBe('succeeded')
    const orphans = (await listOrphans(tenant.db, tenant.ctx)).items.filter(
      ({ policy }) => policy.graphId === one?.graphId,
    )
    expect(orphans.map(({ lost }) => [lost.kind, lost.name])).toEqual([
      ['filter', filter?.['displayName']],
      ['group', 'Pilot – Windows'],
    ])
    const policyId = orphans[0]?.policy.id
    const explanation = await explainPolicy(tenant.db, tenant.ctx, { policyId: policyId ?? never() })
    expect(explanation.sentences).toEqual([expect.stringContaining('nobody, the group was deleted') as string])
  })
})

describe('listPolicies()', () => {
  it('goes through all policies once, page by page, in each order', async () => {
    const tenant = await simulator.givenTenant(database.db, { policies: 80 })
    await syncOnce(tenant)
    const all = (await listPolicies(tenant.db, tenant.ctx, { limit: 1_000 })).items
    for (const sort of ['name', 'modified', 'observed'] as const) {
      const seen: string[] = []
      for (let cursor: string | undefined; ;) {
        const page = await listPolicies(tenant.db, tenant.ctx, { sort, limit: 7, cursor })
        seen.push(...page.items.map(({ id }) => id))
        if (page.nextCursor === null) break
        cursor = page.nextCursor
      }
      expect(seen).toHaveLength(all.length)
      expect(new Set(seen)).toEqual(new Set(all.map(({ id }) => id)))
    }
    await expect(listPolicies(tenant.db, tenant.ctx, { cursor: 'nonsense' })).rejects.toMatchObject({
      reason: 'invalid_input',
    })
  })

  it('filters by type, text, state and group', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await givenPilot(tenant)
    const [one, two] = await simulator.control.objectsOf(tenant.id, collection)
    await assign(tenant, { graphId: one?.id ?? '' }, [toGroup(pilot.id)])
    await assign(tenant, { graphId: two?.id ?? '' }, [])
    await syncOnce(tenant)
    const list = (input: Parameters<typeof listPolicies>[2]) =>
      listPolicies(tenant.db, tenant.ctx, { limit: 500, ...input })
    const graphIds = async (input: Parameters<typeof listPolicies>[2]) =>
      (await list(input)).items.map(({ graphId }) => graphId)
    expect(await graphIds({ groupId: pilot.id.toUpperCase() })).toEqual([one?.id])
    expect(await graphIds({ types: ['configurationPolicies'], state: 'unassigned' })).toContain(two?.id)
    expect(await graphIds({ state: 'assigned' })).not.toContain(two?.id)
    expect(await graphIds({ search: one?.name.toUpperCase() })).toContain(one?.id)
    expect(await graphIds({ search: '100%_nothing' })).toEqual([])
    expect(await graphIds({ state: 'missing' })).toEqual([])
  })
})

describe('findPolicy()', () => {
  it('finds by our id, by the id of Graph and by name, and helps with the rest', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const make = (name: string, description: string) =>
      ({ action: 'createObject', collection, properties: { name, description } }) as const
    await simulator.control.change(tenant.id, [make('Twin', '1'), make('Twin', '2'), make('Solitary baseline', '3')])
    await syncOnce(tenant)
    const find = (text: string) => findPolicy(tenant.db, tenant.ctx, text)
    const found = await find('Solitary baseline')
    expect(await find(found.id)).toEqual(found)
    expect(await find(found.graphId)).toEqual(found)
    expect(await find('solitary BASELINE')).toEqual(found)
    await expect(find('Solitary baselin')).rejects.toMatchObject({
      reason: 'not_found',
      message: expect.stringContaining('Did you mean "Solitary baseline"') as string,
    })
    await expect(find('Twin')).rejects.toMatchObject({ reason: 'ambiguous', detail: { candidates: { length: 2 } } })
    await expect(
      findPolicy(tenant.db, tenant.ctx, 'Solitary baseline', { types: ['mobileApps'] }),
    ).rejects.toMatchObject({
      reason: 'not_found',
    })
  })
})

const anyBackupSet = '0199b2a4-0000-7000-8000-00000000000b' as never
const pilotRule = '(device.displayName -startsWith "W")'
const pilot = { id: '5f1c9d1e-4c8a-4f43-9d55-9a6f1a0b7c01' }
const toEveryUser = { target: { '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' } }

interface FilterUse {
  readonly id: string
  readonly mode: 'include' | 'exclude'
}

function toGroup(groupId: string, filter?: FilterUse) {
  const use = filter && {
    deviceAndAppManagementAssignmentFilterId: filter.id,
    deviceAndAppManagementAssignmentFilterType: filter.mode,
  }
  return { target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId, ...use } }
}

function toExclusion(groupId: string) {
  return { target: { '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget', groupId } }
}

async function givenPilot({ id }: SimulatedTenant): Promise<void> {
  await simulator.control.change(id, [
    {
      action: 'createGroup',
      id: pilot.id,
      displayName: 'Pilot – Windows',
      membershipRule: pilotRule,
      users: 3,
      devices: 4,
    },
  ])
}

async function assign(
  { id }: SimulatedTenant,
  policy: { readonly graphId: string },
  assignments: readonly { readonly target: { readonly '@odata.type': string } }[],
): Promise<void> {
  await simulator.control.change(id, [
    { action: 'setAssignments', collection, id: policy.graphId, assignments: [...assignments] },
  ])
}

/** At least three, as the tenants of these tests have. */
async function settingsPolicies({ db, ctx }: SimulatedTenant) {
  const { items } = await listPolicies(db, ctx, { types: ['configurationPolicies'], limit: 500 })
  const [one, two, three, ...rest] = items
  if (!one || !two || !three) throw new Error('three settings catalog policies are needed')
  return [one, two, three, ...rest] as const
}

async function words(
  { db, ctx }: SimulatedTenant,
  { id }: { readonly id: Parameters<typeof showAssignments>[2]['policyId'] },
) {
  return (await showAssignments(db, ctx, { policyId: id })).assignments?.map((assignment) => assignment.words)
}

async function captureOnce(tenant: SimulatedTenant): Promise<BackupSetId> {
  const { db, ctx, graph } = tenant
  const handler = createCaptureBackupHandler({ db, graphFor: async () => graph })
  const input = { types: ['configurationPolicies'] } satisfies InputOf<'backup.capture'>
  await startRun(db, ctx, { type: 'backup.capture', input, trigger: 'user' })
  const run = await attempt(tenant, (handle) => handler(ctx, { ...handle, input }))
  return asId(String(run.context['backupSetId']))
}

async function faults(...plan: FaultPlanInput['faults']): Promise<void> {
  await simulator.control.setFaults({ faults: plan })
}

async function lastRequest({ control }: SimulatedTenant): Promise<number> {
  return (await control.journal({ limit: 100_000 })).last
}

async function requestsSince({ control, id }: SimulatedTenant, after: number): Promise<number> {
  const { entries } = await control.journal({ tenant: id, after, limit: 10_000 })
  return entries.filter(({ kind }) => kind === 'request').length
}

function never(): never {
  throw new Error('there is one')
}
