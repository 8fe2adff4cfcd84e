import { beforeAll, describe, expect, it } from 'vitest'
import type { TestClient } from '../testing.ts'
import { useSimulator } from '../testing.ts'
import type { GraphObject } from '../world.ts'
import { virtualGroups } from '../world.ts'

const type = (name: string) => `#microsoft.graph.${name}`
const toAllDevices = { target: { '@odata.type': type('allDevicesAssignmentTarget') } }
const toAllUsers = { target: { '@odata.type': type('allLicensedUsersAssignmentTarget') } }
const toGroup = (groupId: string, more: GraphObject = {}) => ({
  target: { '@odata.type': type('groupAssignmentTarget'), groupId, ...more },
})
const without = (groupId: string, more: GraphObject = {}) => ({
  target: { '@odata.type': type('exclusionGroupAssignmentTarget'), groupId, ...more },
})

const simulator = useSimulator({ tenants: [{ name: 'Contoso', policies: 400 }], settings: { throttling: false } })

/** The generated defaults cannot be assigned. */
const restriction = {
  displayName: 'Pilot limit',
  '@odata.type': type('deviceEnrollmentLimitConfiguration'),
  priority: 1,
}

beforeAll(() =>
  simulator.control.change('Contoso', [
    { action: 'createObject', collection: '/deviceManagement/deviceEnrollmentConfigurations', properties: restriction },
  ]),
)

async function firstOf(collection: string): Promise<string> {
  const objects = await simulator.control.objectsOf('Contoso', collection)
  const object = objects.find(
    ({ properties }) => properties['priority'] !== 0 && properties['isDefaultProfile'] !== true,
  )
  return `${collection}/${object?.id}`
}

async function twoGroups(): Promise<[string, string]> {
  const [first, second] = await simulator.control.groups('Contoso')
  return [first?.id ?? '', second?.id ?? '']
}

async function storedTargets(path: string): Promise<string[]> {
  const collection = path.slice(0, path.lastIndexOf('/'))
  const objects = await simulator.control.objectsOf('Contoso', collection)
  const object = objects.find(({ id }) => path.endsWith(id))
  return (object?.assignments ?? []).map(({ target }) => target['@odata.type'].replace('#microsoft.graph.', ''))
}

function assign(client: TestClient, path: string, rows: readonly unknown[], body = 'assignments') {
  return client.send('POST', `/beta${path}/assign`, { [body]: rows })
}

describe('POST {id}/assign', () => {
  it('replaces the whole set and answers with it', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceManagement/configurationPolicies')
    const [group] = await twoGroups()
    await assign(client, path, [toAllUsers])
    const { status, value } = await assign(client, path, [toGroup(group), toAllDevices])
    expect(status).toBe(200)
    expect(value).toHaveLength(2)
    expect(await storedTargets(path)).toEqual(['groupAssignmentTarget', 'allDevicesAssignmentTarget'])
    expect((await client.get(`/beta${path}/assignments`)).value).toEqual(value)
  })

  it('takes an empty list as nothing assigned', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceManagement/deviceConfigurations')
    expect((await assign(client, path, [])).status).toBe(200)
    expect(await storedTargets(path)).toEqual([])
  })

  it('leaves rows of policy sets alone and refuses to write them', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceManagement/deviceCompliancePolicies')
    const [collection, id] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)]
    const fromSet = { ...toAllUsers, source: 'policySets' as const, sourceId: 'a-set' }
    await simulator.control.change('Contoso', [{ action: 'setAssignments', collection, id, assignments: [fromSet] }])
    expect((await assign(client, path, [fromSet])).status).toBe(400)
    const { value } = await assign(client, path, [toAllDevices])
    expect(value.map(({ source, sourceId }) => [source, sourceId])).toEqual([
      ['direct', id],
      ['policySets', 'a-set'],
    ])
  })

  it.each([
    ['/deviceManagement/deviceManagementScripts', 'deviceManagementScriptAssignments'],
    ['/deviceManagement/deviceHealthScripts', 'deviceHealthScriptAssignments'],
    ['/deviceAppManagement/mobileApps', 'mobileAppAssignments'],
    ['/deviceManagement/deviceEnrollmentConfigurations', 'enrollmentConfigurationAssignments'],
  ])('%s wants %s and nothing else', async (collection, property) => {
    const client = await simulator.client('writer')
    const path = await firstOf(collection)
    const wrong = await assign(client, path, [], 'assignments')
    expect(wrong.status).toBe(400)
    expect(wrong.error.message).toContain("'assignments'")
    expect((await assign(client, path, [], property)).status).toBeLessThan(300)
  })

  it.each([
    ['an unknown group', (_group: string) => [toGroup('00000000-0000-4000-8000-000000000000')]],
    ['a target twice', (group: string) => [toGroup(group), toGroup(group)]],
    ['an unknown filter', (group: string) => [toGroup(group, filter('00000000-0000-4000-8000-000000000000'))]],
    [
      'a filter without its mode',
      (group: string) => [toGroup(group, { deviceAndAppManagementAssignmentFilterId: 'x' })],
    ],
    ['a filter on an exclusion', (group: string) => [without(group, filter('x'))]],
    ['an unknown property', (group: string) => [{ ...toGroup(group), priority: 1 }]],
    ['an unknown target type', () => [{ target: { '@odata.type': type('everybodyTarget') } }]],
    ['a row without a target', () => [{}]],
  ])('refuses %s and changes nothing', async (_what, rows) => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceManagement/configurationPolicies')
    const [group] = await twoGroups()
    await assign(client, path, [toAllDevices])
    expect((await assign(client, path, rows(group))).status).toBe(400)
    expect(await storedTargets(path)).toEqual(['allDevicesAssignmentTarget'])
  })

  it('keeps a filter that exists', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceManagement/configurationPolicies')
    const [existing] = await simulator.control.filters('Contoso')
    const [group] = await twoGroups()
    const { value } = await assign(client, path, [toGroup(group, filter(String(existing?.['id'])))])
    expect(value[0]?.['target']).toMatchObject(filter(String(existing?.['id'])))
  })

  it('of app protection takes groups and the virtual group of all users only', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceAppManagement/iosManagedAppProtections')
    expect((await assign(client, path, [toAllUsers])).status).toBe(400)
    expect((await assign(client, path, [toAllDevices])).status).toBe(400)
    expect((await assign(client, path, [toGroup(virtualGroups.allUsers)])).status).toBe(204)
    const id = path.slice(path.lastIndexOf('/') + 1)
    const viaUnion = await assign(client, `/deviceAppManagement/managedAppPolicies/${id}`, [])
    expect(viaUnion.status).toBe(204)
    expect(await storedTargets(path)).toEqual([])
  })

  it('of apps takes a group once per intent, and no settings on an exclusion', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceAppManagement/mobileApps')
    const [group, other] = await twoGroups()
    const settings = { '@odata.type': type('win32LobAppAssignmentSettings'), notifications: 'showAll' }
    const post = (rows: unknown[]) => assign(client, path, rows, 'mobileAppAssignments')
    const both = [
      { ...toGroup(group), intent: 'available' },
      { ...toGroup(group), intent: 'required', settings },
    ]
    expect((await post(both)).status).toBe(204)
    const { value } = await client.get(`/beta${path}/assignments`)
    expect(value.map(({ id, settings: read }) => [id, read])).toEqual([
      [`${group}_0_0`, null],
      [`${group}_1_0`, settings],
    ])
    const refused = await post([{ ...without(other), intent: 'required', settings }])
    expect(refused.error.message).toContain('Exclusion assignment does not support MobileAppAssignment Settings.')
    expect((await post([toGroup(group)])).status).toBe(400)
  })

  it('of a default enrollment configuration is refused', async () => {
    const client = await simulator.client('writer')
    const collection = '/deviceManagement/deviceEnrollmentConfigurations'
    const defaults = (await simulator.control.objectsOf('Contoso', collection)).find(
      ({ properties }) => properties['priority'] === 0,
    )
    const answer = await assign(client, `${collection}/${defaults?.id}`, [], 'enrollmentConfigurationAssignments')
    expect(answer.status).toBe(400)
  })

  it('of remediations reads back what the service makes of it', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceManagement/deviceHealthScripts')
    const runSchedule = {
      '@odata.type': type('deviceHealthScriptDailySchedule'),
      interval: 1,
      time: '18:00',
      useUtc: false,
    }
    await assign(
      client,
      path,
      [{ ...toAllDevices, runSchedule, runRemediationScript: true }],
      'deviceHealthScriptAssignments',
    )
    const { value } = await client.get(`/beta${path}/assignments`)
    expect(value[0]).toMatchObject({
      id: `${path.slice(path.lastIndexOf('/') + 1)}:${virtualGroups.allDevices}`,
      runRemediationScript: false,
      runSchedule: { time: '18:00:00.0000000' },
      target: { deviceAndAppManagementAssignmentFilterId: '00000000-0000-0000-0000-000000000000' },
    })
  })
})

function filter(id: string): GraphObject {
  return { deviceAndAppManagementAssignmentFilterId: id, deviceAndAppManagementAssignmentFilterType: 'include' }
}

describe('types without the action', () => {
  it('take and give up one target at a time', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceManagement/windowsAutopilotDeploymentProfiles')
    const [first, second] = await twoGroups()
    for (const { id } of (await client.get(`/beta${path}/assignments`)).value) {
      await client.send('DELETE', `/beta${path}/assignments/${String(id)}`)
    }
    const created = await client.send('POST', `/beta${path}/assignments`, toGroup(first))
    expect(created.status).toBe(201)
    expect(created.body['id']).toBe(`${path.slice(path.lastIndexOf('/') + 1)}_${first}_0`)
    expect((await client.send('POST', `/beta${path}/assignments`, toGroup(first))).status).toBe(400)
    await client.send('POST', `/beta${path}/assignments`, toGroup(second))
    expect((await client.send('DELETE', `/beta${path}/assignments/${String(created.body['id'])}`)).status).toBe(204)
    expect((await client.send('DELETE', `/beta${path}/assignments/${String(created.body['id'])}`)).status).toBe(404)
    expect((await client.get(`/beta${path}/assignments`)).value).toHaveLength(1)
  })

  it('have an assign for devices that takes no groups', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceManagement/windowsAutopilotDeploymentProfiles')
    expect((await assign(client, path, [])).status).toBe(400)
    expect((await client.send('POST', `/beta${path}/assign`, { deviceIds: [] })).status).toBe(204)
  })

  it('cannot be written row by row where only the action exists', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceManagement/configurationPolicies')
    expect((await client.send('POST', `/beta${path}/assignments`, toAllDevices)).status).toBe(405)
  })
})

describe('POST policySets/{id}/update', () => {
  it('puts rows of its own on its member policies', async () => {
    const client = await simulator.client('writer')
    const [group] = await twoGroups()
    const member = await firstOf('/deviceManagement/configurationPolicies')
    const [collection, id] = [member.slice(0, member.lastIndexOf('/')), member.slice(member.lastIndexOf('/') + 1)]
    const set = { displayName: 'Set' }
    await simulator.control.change('Contoso', [
      { action: 'setAssignments', collection, id, assignments: [] },
      {
        action: 'createObject',
        collection: '/deviceAppManagement/policySets',
        id: 'set-1',
        properties: set,
        sub: { items: [{ payloadId: id }] },
      },
    ])
    const answer = await client.send('POST', '/beta/deviceAppManagement/policySets/set-1/update', {
      assignments: [toGroup(group)],
    })
    expect(answer.status).toBe(204)
    const { value } = await client.get(`/beta${member}/assignments`)
    expect(value).toMatchObject([{ source: 'policySets', sourceId: 'set-1', target: { groupId: group } }])
  })
})

describe('every change', () => {
  it('is in the audit log, filtered as clients do', async () => {
    const client = await simulator.client('writer')
    await simulator.control.registerApp('Contoso', { name: 'auditor', permissions: ['DeviceManagementApps.Read.All'] })
    const auditor = await simulator.client('auditor')
    const path = await firstOf('/deviceManagement/configurationPolicies')
    await assign(client, path, [toAllDevices])
    const since = new Date(Date.now() - 60_000).toISOString()
    const { value } = await auditor.get(
      `/beta/deviceManagement/auditEvents?$filter=componentName eq 'DeviceConfiguration' and activityDateTime gt ${since} and activityOperationType ne 'Get'&$orderby=activityDateTime desc`,
    )
    expect(value[0]).toMatchObject({ resources: [{ resourceId: path.slice(path.lastIndexOf('/') + 1) }] })
    expect(value[0]?.['actor']).toMatchObject({ auditActorType: 'Application', applicationDisplayName: 'writer' })
  })

  it('is in the journal with before and after when its answer arrives', async () => {
    const client = await simulator.client('writer')
    const path = await firstOf('/deviceManagement/deviceConfigurations')
    await assign(client, path, [toAllUsers])
    const { last } = await simulator.control.journal()
    await client.send('POST', `/beta${path}/assign`, { assignments: [toAllDevices] }, { 'client-request-id': 'mine' })
    const { entries } = await simulator.control.journal({ after: last })
    expect(entries.map(({ kind, status, clientRequestId }) => [kind, status, clientRequestId])).toEqual([
      ['change', undefined, 'mine'],
      ['request', 200, 'mine'],
    ])
    expect(entries[0]?.change).toMatchObject({ source: 'graph', before: [toAllUsers], after: [toAllDevices] })
  })
})

describe('permissions', () => {
  it.each([
    ['DeviceManagementConfiguration.Read.All', 'GET', 200],
    ['DeviceManagementConfiguration.ReadWrite.All', 'GET', 200],
    ['DeviceManagementApps.ReadWrite.All', 'GET', 403],
    ['DeviceManagementConfiguration.Read.All', 'POST', 403],
    ['DeviceManagementConfiguration.ReadWrite.All', 'POST', 200],
  ])('%s: %s answers %i', async (permission, method, status) => {
    await simulator.control.registerApp('Contoso', { name: 'one', permissions: [permission] })
    const client = await simulator.client('one')
    const path = await firstOf('/deviceManagement/configurationPolicies')
    const answer = method === 'GET' ? await client.get(`/beta${path}`) : await assign(client, path, [])
    expect(answer.status).toBe(status)
    const isExplained = answer.text.includes('Application must have one of the following scopes')
    expect(isExplained).toBe(status === 403)
  })

  it('that are missing in the directory are refused in its words', async () => {
    await simulator.control.registerApp('Contoso', { name: 'none', permissions: [] })
    const client = await simulator.client('none')
    expect((await client.get('/beta/groups')).error.code).toBe('Authorization_RequestDenied')
  })
})
