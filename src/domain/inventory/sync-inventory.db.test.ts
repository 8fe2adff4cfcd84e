import { afterEach, describe, expect, it } from 'vitest'
import { attempt, syncOnce, syncWork, useSimulator } from '#domain/inventory/testing.ts'
import type { SimulatedTenant } from '#domain/inventory/testing.ts'
import { countPolicies } from '#domain/inventory/count-policies.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { normalizeAssignments } from '#domain/assignments/normalize-assignments.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { contracts } from '#graph/contracts/registry.ts'
import type { FaultPlanInput } from '../../../simulator/faults/fault-plan.ts'

const database = useTestDatabase()
const simulator = useSimulator()

const settingsCatalog = '/deviceManagement/configurationPolicies'
const apps = '/deviceAppManagement/mobileApps'

afterEach(() => simulator.control.clearFaults())

describe('inventory.sync', () => {
  it('knows afterwards exactly what the tenant has: policies, assignments, groups, filters, scope tags', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const run = await syncOnce(tenant)
    expect(run).toMatchObject({ outcome: 'succeeded', failures: [] })
    await expectTruth(tenant)
    const truth = await policiesOf(tenant)
    expect(run.counts).toMatchObject({ total: truth.length, succeeded: truth.length, created: truth.length, failed: 0 })
  })

  it('finds nothing new the second time, and says what changed the third', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const { counts } = await syncOnce(tenant)
    expect((await syncOnce(tenant)).counts).toMatchObject({
      unchanged: counts['total'],
      created: 0,
      changed: 0,
      removed: 0,
    })
    const [changed, removed] = await policiesIn(tenant, settingsCatalog)
    await simulator.control.change(tenant.id, [
      { action: 'setAssignments', collection: settingsCatalog, id: changed?.id ?? '', assignments: [toEveryDevice] },
      { action: 'deleteObject', collection: settingsCatalog, id: removed?.id ?? '' },
      { action: 'createObject', collection: settingsCatalog, properties: { name: 'Brand new' } },
    ])
    expect((await syncOnce(tenant)).counts).toMatchObject({ created: 1, changed: 1, removed: 1 })
    await expectTruth(tenant)
  })

  it('asks for each group once, in one request, and never for the virtual ones', async () => {
    const tenant = await simulator.givenTenant(database.db, { policies: 120, groups: 20 })
    await syncOnce(tenant)
    const asked = await requestsTo(tenant, '/getByIds')
    expect(asked).toHaveLength(1)
    const groups = await groupRows(tenant)
    expect(groups.length).toBeGreaterThan(3)
    expect(groups.map((row) => row.group_id)).not.toContain('acacacac-9df4-4c7d-9d50-4ef0226f57a9')
  })

  it('brings back a policy that reappears', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const [policy] = await policiesIn(tenant, settingsCatalog)
    if (!policy) throw new Error('no policy')
    await simulator.control.change(tenant.id, [{ action: 'deleteObject', collection: settingsCatalog, id: policy.id }])
    await syncOnce(tenant)
    expect((await rowOf(tenant, policy.id)).missing_since).not.toBeNull()
    const { id, properties, assignments } = policy
    await simulator.control.change(tenant.id, [
      { action: 'createObject', collection: settingsCatalog, id, properties, assignments: [...assignments] },
    ])
    expect((await syncOnce(tenant)).counts).toMatchObject({ changed: 1, created: 0 })
    expect((await rowOf(tenant, id)).missing_since).toBeNull()
  })

  it('names the missing permission of a type and reads the others', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    await faults({
      match: { collection: apps },
      count: null,
      effect: { kind: 'status', status: 403, code: 'Forbidden' },
    })
    const before = await rowsOf(tenant, 'mobileApps')
    const run = await syncOnce(tenant)
    expect(run.outcome).toBe('partially_succeeded')
    expect(run.failures).toMatchObject([{ code: 'inventory.type_failed', reason: 'permission_denied', sample: 'Apps' }])
    expect(run.failures[0]?.message).toContain('DeviceManagementApps.Read.All')
    expect(run.counts).toMatchObject({ failed: before.length, removed: 0 })
    expect(await rowsOf(tenant, 'mobileApps')).toEqual(before)
  })

  it('marks nothing missing when the list breaks off, not even a policy that was really deleted', async () => {
    const tenant = await simulator.givenTenant(database.db, { policies: 150 })
    await syncOnce(tenant)
    const deleted = (await policiesIn(tenant, settingsCatalog)).at(-1)
    await simulator.control.change(tenant.id, [
      { action: 'deleteObject', collection: settingsCatalog, id: deleted?.id ?? '' },
    ])
    await simulator.control.changeSettings({ pageSize: 5 })
    const match = { collection: settingsCatalog, query: 'skip' }
    await faults({ match, after: 1, count: null, effect: { kind: 'status', status: 500 } })
    const run = await syncOnce(tenant)
    await simulator.control.changeSettings({ pageSize: null })
    expect(run.outcome).toBe('partially_succeeded')
    expect(run.counts).toMatchObject({ removed: 0, failed: expect.any(Number) as number })
    expect(await missingIn(tenant)).toEqual([])
    await simulator.control.clearFaults()
    expect(await syncOnce(tenant)).toMatchObject({ outcome: 'succeeded', counts: { removed: 1 } })
  })

  it('does not take a page that Graph lost without a word for deleted policies', async () => {
    const tenant = await simulator.givenTenant(database.db, { policies: 150 })
    await syncOnce(tenant)
    await simulator.control.changeSettings({ pageSize: 5 })
    await faults({ match: { collection: settingsCatalog, method: 'GET' }, effect: { kind: 'dropNextLink' } })
    const run = await syncOnce(tenant)
    await simulator.control.changeSettings({ pageSize: null })
    expect(run.outcome).toBe('partially_succeeded')
    expect(run.failures).toMatchObject([{ reason: 'incomplete_read', sample: 'Settings catalog policies' }])
    expect(await missingIn(tenant)).toEqual([])
  })

  it('keeps the assignments it has when they cannot be read, stale with the reason: unread is not empty', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const assigned = (await rowsOf(tenant, 'iosManagedAppProtections')).find((row) => row.count !== 0)
    if (!assigned) throw new Error('no assigned protection')
    const path = `/beta/deviceAppManagement/iosManagedAppProtections/${assigned.graph_id}/assignments`
    await faults({ match: { path }, count: null, effect: { kind: 'status', status: 500 } })
    const run = await syncOnce(tenant)
    expect(run).toMatchObject({ outcome: 'partially_succeeded', counts: { unread: 1, failed: 1 } })
    const row = await rowOf(tenant, assigned.graph_id)
    expect(row).toMatchObject({ assignments: assigned.assignments, assignments_stale: true })
    expect(row.assignments_hash).toEqual(assigned.assignments_hash)
    expect(row.assignments_problem).toContain('dependency_unreachable')
    await simulator.control.clearFaults()
    await syncOnce(tenant)
    expect(await rowOf(tenant, assigned.graph_id)).toMatchObject({
      assignments_stale: false,
      assignments_problem: null,
    })
  })

  it('stores null and not an empty set for assignments that were never read', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const path = '/beta/deviceAppManagement/androidManagedAppProtections/*/assignments'
    await faults({ match: { path }, count: null, effect: { kind: 'malformedJson' } })
    await syncOnce(tenant)
    const rows = await rowsOf(tenant, 'androidManagedAppProtections')
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      expect(row).toMatchObject({ assignments: null, assignments_hash: null, assignments_stale: true })
    }
    const counts = (await countPolicies(tenant.db, tenant.ctx)).find(
      ({ type }) => type === 'androidManagedAppProtections',
    )
    expect(counts).toMatchObject({ total: rows.length, unread: rows.length, unassigned: 0 })
  })

  it('reads what an expansion cut short, policy by policy', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await faults({ match: { collection: settingsCatalog }, effect: { kind: 'truncatedExpand', keep: 1 } })
    expect(await syncOnce(tenant)).toMatchObject({ outcome: 'succeeded' })
    await expectTruth(tenant)
  })

  it('refuses a target it does not know without shortening the set', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const [policy] = await policiesIn(tenant, settingsCatalog)
    const target = { '@odata.type': '#microsoft.graph.scopeTagGroupAssignmentTarget', targetType: 'user' }
    const assignments = [toEveryDevice, { target }]
    await simulator.control.change(tenant.id, [
      { action: 'setAssignments', collection: settingsCatalog, id: policy?.id ?? '', assignments },
    ])
    expect(await syncOnce(tenant)).toMatchObject({ outcome: 'partially_succeeded', counts: { unread: 1 } })
    const row = await rowOf(tenant, policy?.id ?? '')
    expect(row).toMatchObject({ assignments: null, assignments_stale: true })
    expect(row.assignments_problem).toContain('scopeTagGroupAssignmentTarget')
  })

  it('is put back when Graph throttles, and resumes after the types that are done', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await faults({
      match: { collection: apps },
      count: null,
      effect: { kind: 'status', status: 429, retryAfter: 7, blocks: false },
    })
    const throttled = await syncOnce(tenant)
    expect(throttled).toMatchObject({
      status: 'queued',
      outcome: 'pending',
      throttles: 1,
      lastFailure: { reason: 'throttled' },
    })
    await simulator.control.clearFaults()
    const before = (await requestsTo(tenant, settingsCatalog)).length
    const run = await attempt(tenant, syncWork(tenant))
    expect(run).toMatchObject({ outcome: 'succeeded', failures: [] })
    expect((await requestsTo(tenant, settingsCatalog)).length).toBe(before)
    expect(run.counts['total']).toBe((await policiesOf(tenant)).length)
    await expectTruth(tenant)
  })

  it('changes nothing any more once another worker has the run', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await startRun(tenant.db, tenant.ctx, { type: 'inventory.sync', input: {}, trigger: 'user' })
    const work = syncWork(tenant)
    const takenAway = attempt(tenant, async (handle) => {
      await database.owner
        .updateTable('live_runs')
        .set({ attempt: handle.attempt + 1 })
        .where('run_id', '=', handle.runId)
        .execute()
      return work(handle)
    })
    expect(await takenAway).toMatchObject({ outcome: 'pending', status: 'running' })
    expect(await rowsOf(tenant, 'configurationPolicies')).toEqual([])
  })

  it('stops between pages when it is cancelled and keeps what it has', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await startRun(tenant.db, tenant.ctx, { type: 'inventory.sync', input: {}, trigger: 'user' })
    const abort = new AbortController()
    const work = syncWork(tenant)
    const run = await attempt(
      tenant,
      (handle) => work({ ...handle, progress: ({ processed }) => processed === 3 && abort.abort('cancelled') }),
      abort.signal,
    )
    expect(run.outcome).toBe('cancelled')
    const { items } = await listRunItems(tenant.db, tenant.ctx, run.id)
    expect(items.filter((item) => item.outcome === 'planned').length).toBeGreaterThan(30)
    expect(await missingIn(tenant)).toEqual([])
  })

  it('blames the credential and not the types when sign-in is refused', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await faults({ match: { kind: 'token' }, count: null, effect: { kind: 'tokenError', code: 7000215 } })
    expect(await syncOnce(tenant)).toMatchObject({
      outcome: 'blocked',
      failures: [{ reason: 'authentication_failed' }],
    })
  })

  it('calls a tenant without a licence not applicable', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const message = 'Request not applicable to target tenant.'
    await faults({
      match: { method: 'GET' },
      count: null,
      effect: { kind: 'status', status: 400, code: 'BadRequest', message },
    })
    const run = await syncOnce(tenant)
    expect(run.outcome).toBe('blocked')
    expect(run.failures.map(({ reason, count }) => [reason, count])).toEqual([
      ['not_applicable', 1],
      ['not_applicable', contracts.length],
    ])
  })

  it('reads on when one type has no licence, and says so', async () => {
    const tenant = await simulator.givenTenant(database.db)
    const message = 'Request not applicable to target tenant.'
    const match = { path: '/beta/deviceManagement/virtualEndpoint/**' }
    await faults({ match, count: null, effect: { kind: 'status', status: 400, code: 'BadRequest', message } })
    const run = await syncOnce(tenant)
    expect(run.outcome).toBe('succeeded')
    expect(run.failures).toMatchObject([{ code: 'inventory.type_not_applicable', reason: 'not_applicable', count: 2 }])
  })

  it('is partly done when groups could not be resolved, and leaves those it knows as they are', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const before = await groupRows(tenant)
    await faults(
      { match: { path: '/beta/directoryObjects/getByIds' }, count: null, effect: { kind: 'status', status: 500 } },
      { match: { path: '/beta/groups/**' }, count: null, effect: { kind: 'status', status: 500 } },
    )
    const run = await syncOnce(tenant)
    expect(run).toMatchObject({ outcome: 'partially_succeeded', failures: [{ code: 'inventory.foundation_failed' }] })
    expect(await groupRows(tenant)).toEqual(before)
  })

  it('marks a deleted group and keeps the name people knew it by', async () => {
    const tenant = await simulator.givenTenant(database.db)
    await syncOnce(tenant)
    const [group] = await groupRows(tenant)
    if (!group) throw new Error('no group')
    await simulator.control.change(tenant.id, [{ action: 'deleteGroup', id: group.group_id }])
    await syncOnce(tenant)
    const after = (await groupRows(tenant)).find((row) => row.group_id === group.group_id)
    expect(after).toMatchObject({ name: group.name, kind: group.kind })
    expect(after?.missing_since).not.toBeNull()
  })
})

const toEveryDevice = { target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }

async function faults(...plan: FaultPlanInput['faults']): Promise<void> {
  await simulator.control.setFaults({ faults: plan })
}

const collections = new Map(contracts.map((contract) => [contract.collection, contract]))

/** The truth, as the simulator has it: the objects of all collections that have a contract. */
async function policiesOf({ control, id }: SimulatedTenant) {
  return (await control.objects(id)).filter(({ collection }) => collections.has(collection))
}

async function policiesIn({ control, id }: SimulatedTenant, collection: string) {
  return control.objectsOf(id, collection)
}

/** The inventory says what the tenant has, neither more nor less. */
async function expectTruth(tenant: SimulatedTenant): Promise<void> {
  const truth = (await policiesOf(tenant)).map(({ collection, id, name, assignments }) => {
    const contract = collections.get(collection)
    if (!contract) throw new Error(collection)
    const isRead = contract.assignmentsRead !== 'none'
    // Graph shows the defaults of enrollment as assigned to all devices, which nobody did.
    const shown =
      contract.quirks.includes('priorityZeroIsDefault') && id.includes('_Default') ? [toEveryDevice] : assignments
    return {
      type: contract.key,
      id,
      name,
      hash: isRead ? normalizeAssignments(contract, shown).set.hash : null,
    }
  })
  const stored = await database.owner
    .selectFrom('policies')
    .where('tenant_id', '=', tenant.ctx.tenantId)
    .where('missing_since', 'is', null)
    .select(['type', 'graph_id as id', 'name', 'assignments_hash'])
    .execute()
  const known = stored.map(({ type, id, name, assignments_hash }) => ({
    type,
    id,
    name,
    hash: assignments_hash?.toString('hex') ?? null,
  }))
  expect(byKey(known)).toEqual(byKey(truth))
  const filters = await database.owner
    .selectFrom('assignment_filters')
    .where('tenant_id', '=', tenant.ctx.tenantId)
    .selectAll()
    .execute()
  expect(filters).toHaveLength((await tenant.control.filters(tenant.id)).length)
  const tags = await database.owner
    .selectFrom('scope_tags')
    .where('tenant_id', '=', tenant.ctx.tenantId)
    .selectAll()
    .execute()
  expect(tags).toHaveLength((await tenant.control.scopeTags(tenant.id)).length)
  const names = new Map((await tenant.control.groups(tenant.id)).map((group) => [group.id, group.displayName]))
  for (const group of await groupRows(tenant)) expect(group.name).toBe(names.get(group.group_id) ?? null)
}

function byKey<T extends { readonly type: string; readonly id: string }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => `${a.type}/${a.id}`.localeCompare(`${b.type}/${b.id}`))
}

async function rowsOf({ ctx }: SimulatedTenant, type: string) {
  const rows = await database.owner
    .selectFrom('policies')
    .where('tenant_id', '=', ctx.tenantId)
    .where('type', '=', type)
    .selectAll()
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, count: Array.isArray(row.assignments) ? row.assignments.length : 0 }))
}

async function rowOf({ ctx }: SimulatedTenant, graphId: string) {
  return database.owner
    .selectFrom('policies')
    .where('tenant_id', '=', ctx.tenantId)
    .where('graph_id', '=', graphId)
    .selectAll()
    .executeTakeFirstOrThrow()
}

async function missingIn({ ctx }: SimulatedTenant) {
  return database.owner
    .selectFrom('policies')
    .where('tenant_id', '=', ctx.tenantId)
    .where('missing_since', 'is not', null)
    .select('name')
    .execute()
}

async function groupRows({ ctx }: SimulatedTenant) {
  const rows = await database.owner
    .selectFrom('directory_groups')
    .where('tenant_id', '=', ctx.tenantId)
    .selectAll()
    .orderBy('group_id')
    .execute()
  return rows.map((row) => ({ ...row, observed_at: null }))
}

async function requestsTo({ control, id }: SimulatedTenant, part: string) {
  const { entries } = await control.journal({ tenant: id, limit: 10_000 })
  return entries.filter((entry) => entry.kind === 'request' && entry.path?.includes(part))
}
