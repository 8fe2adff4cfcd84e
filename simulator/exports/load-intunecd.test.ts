import { describe, expect, it } from 'vitest'
import type { GraphObject } from '../world.ts'
import { exportedTarget, onlyObject, settingsPolicy, useExportFolders } from './testing-exports.ts'

const { load } = useExportFolders()
const catalog = '/deviceManagement/configurationPolicies'

const groupNamed = (groupName: string, more: GraphObject = {}) => ({
  source: 'direct',
  target: exportedTarget('group', { groupName, ...more }),
})

describe('loadExport() of an IntuneCD folder', () => {
  it('makes groups of names: one for a name, with the same id every time', () => {
    const files = {
      'Settings Catalog/A_mdm.json': {
        ...settingsPolicy,
        name: 'A',
        assignments: [groupNamed('Sales', { groupType: 'StaticMembership' })],
      },
      'Settings Catalog/B_mdm.json': { ...settingsPolicy, name: 'B', assignments: [groupNamed('Sales')] },
    }
    const { tenant } = load(files)
    const again = load(files).tenant
    expect([...tenant.groups.values()].map(({ displayName, membershipRule }) => [displayName, membershipRule])).toEqual(
      [['Sales', null]],
    )
    expect([...again.groups.keys()]).toEqual([...tenant.groups.keys()])
    const targets = [...(tenant.collections.get(catalog)?.values() ?? [])].map(
      ({ assignments }) => assignments[0]?.target,
    )
    const [groupId] = tenant.groups.keys()
    expect(targets).toEqual([exportedTarget('group', { groupId }), exportedTarget('group', { groupId })])
  })

  it('keeps the rule of a dynamic group', () => {
    const membershipRule = '(user.department -eq "Sales")'
    const row = groupNamed('Dyn', { groupType: 'DynamicMembership', membershipRule })
    const { tenant } = load({ 'Settings Catalog/A_mdm.json': { ...settingsPolicy, assignments: [row] } })
    expect([...tenant.groups.values()].map((group) => group.membershipRule)).toEqual([membershipRule])
  })

  it('finds filters by name, and makes those the export does not have', () => {
    const filterOf = (name: string) => ({
      deviceAndAppManagementAssignmentFilterId: name,
      deviceAndAppManagementAssignmentFilterType: 'include',
    })
    const { tenant } = load({
      'Filters/Kiosk.json': {
        displayName: 'Kiosk',
        platform: 'macOS',
        rule: '(device.model -eq "x")',
        assignmentFilterManagementType: 'devices',
      },
      'Settings Catalog/A_mdm.json': {
        ...settingsPolicy,
        platforms: 'macOS',
        assignments: [
          { target: exportedTarget('allDevices', filterOf('Kiosk')) },
          { target: exportedTarget('allLicensedUsers', filterOf('Gone')) },
        ],
      },
    })
    const filters = [...tenant.filters.values()].map(({ id, properties }) => [
      id,
      properties['displayName'],
      properties['platform'],
    ])
    const used = onlyObject(tenant, catalog).assignments.map(
      (row) => row.target['deviceAndAppManagementAssignmentFilterId'],
    )
    expect(filters.map(([, name, platform]) => [name, platform])).toEqual([
      ['Kiosk', 'macOS'],
      ['Gone', 'macOS'],
    ])
    expect(used).toEqual(filters.map(([id]) => id))
  })

  it('refuses an assignment whose filter has no mode, instead of broadening it', () => {
    const row = { target: exportedTarget('allDevices', { deviceAndAppManagementAssignmentFilterId: 'Kiosk' }) }
    const { report } = load({
      'a.json': settingsPolicy,
      'b.json': { ...settingsPolicy, name: 'B', assignments: [row] },
    })
    expect(report.notUnderstood).toEqual([{ file: 'b.json', reason: 'filter Kiosk has no include or exclude' }])
  })

  it('leaves out the empty filter and what the service makes itself', () => {
    const row = {
      id: 'x_y',
      source: 'direct',
      sourceId: 'x',
      intent: 'apply',
      target: exportedTarget('allDevices', {
        deviceAndAppManagementAssignmentFilterId: null,
        deviceAndAppManagementAssignmentFilterType: 'none',
      }),
    }
    const { tenant } = load({
      'a.json': {
        '@odata.type': '#microsoft.graph.macOSCustomConfiguration',
        displayName: 'A',
        payload: 'eA==',
        assignments: [row],
      },
    })
    expect(onlyObject(tenant, '/deviceManagement/deviceConfigurations').assignments).toEqual([
      { target: exportedTarget('allDevices'), intent: 'apply' },
    ])
  })

  it('makes scope tags of names, with small numbers as ids', () => {
    const { tenant } = load({ 'a.json': { ...settingsPolicy, roleScopeTagIds: ['Default', 'München', 'Kiosk'] } })
    expect(onlyObject(tenant, catalog).properties['roleScopeTagIds']).toEqual(['0', '1', '2'])
    expect([...tenant.scopeTags.values()].map(({ properties }) => properties['displayName'])).toEqual([
      'Default',
      'München',
      'Kiosk',
    ])
  })

  it('takes a policy without `assignments` as not known to have any, and says so', () => {
    const { assignments, ...withoutKey } = settingsPolicy
    const { tenant, report } = load({ 'a.json': withoutKey, 'b.json': { ...withoutKey, name: 'B', assignments } })
    expect(report.loaded.map(({ file, assignments: count }) => [file, count])).toEqual([
      ['a.json', 'unknown'],
      ['b.json', 0],
    ])
    expect(report.notes.map(({ file }) => file)).toEqual(['a.json'])
    expect([...(tenant.collections.get(catalog)?.values() ?? [])].flatMap((object) => object.assignments)).toEqual([])
  })

  it('gives the defaults of the service the ids the service gives them', () => {
    const limit = {
      '@odata.type': '#microsoft.graph.deviceEnrollmentLimitConfiguration',
      displayName: 'All users',
      assignments: [],
    }
    const { tenant } = load({
      'Enrollment Configurations/a.json': { ...limit, priority: 0 },
      'Enrollment Configurations/b.json': { ...limit, priority: 1 },
    })
    const ids = [...(tenant.collections.get('/deviceManagement/deviceEnrollmentConfigurations')?.keys() ?? [])]
    expect(ids).toEqual([`${tenant.id}_DefaultLimit`, expect.stringMatching(/^[0-9a-f-]{36}_Limit$/)])
  })

  it.each([
    [
      'Scripts/Powershell/Setup.json',
      'deviceManagementScripts',
      { displayName: 'Setup', fileName: 'setup.ps1' },
      'Scripts/Powershell/Script Data/setup.ps1',
    ],
    [
      'Device Management Scripts/Setup.json',
      'deviceManagementScripts',
      { displayName: 'Setup' },
      'Device Management Scripts/Script Content/Setup.ps1',
    ],
  ])('reads the script of %s from its own file', (file, collection, object, scriptFile) => {
    const { tenant, report } = load({
      [file]: { ...object, runAs32Bit: false, assignments: [] },
      [scriptFile]: 'Write-Host "Grüße"\r\n',
    })
    const { scriptContent } = onlyObject(tenant, `/deviceManagement/${collection}`).properties
    expect(Buffer.from(String(scriptContent), 'base64').toString('utf8')).toBe('Write-Host "Grüße"\r\n')
    expect(report.used).toEqual([{ file: scriptFile, use: `content of ${file}` }])
    expect(report.notUnderstood).toEqual([])
  })

  it('reads both scripts of a remediation, and says which is missing', () => {
    const { tenant, report } = load({
      'Proactive Remediations/Fix.json': { displayName: 'Fix', publisher: 'IT', assignments: [] },
      'Proactive Remediations/Script Content/Fix_detection.ps1': 'exit 1',
    })
    expect(onlyObject(tenant, '/deviceManagement/deviceHealthScripts').properties['detectionScriptContent']).toBe(
      'ZXhpdCAx',
    )
    expect(report.notes.map(({ note }) => note)).toEqual(['remediationScriptContent is not in the export'])
  })

  it('reads YAML as well', () => {
    const { tenant } = load({
      'Settings Catalog/Edge_mdm.yaml':
        'name: Edge\nplatforms: windows10\ntechnologies: mdm\nsettings: []\nassignments: []\n',
    })
    expect(onlyObject(tenant, catalog).properties).toMatchObject({ name: 'Edge', platforms: 'windows10' })
  })
})
