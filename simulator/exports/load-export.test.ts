import { describe, expect, it } from 'vitest'
import { virtualGroups } from '../world.ts'
import { exportedTarget, onlyObject, settingsPolicy, useExportFolders } from './testing-exports.ts'
import { withoutAnnotations } from './graph-json.ts'

const { load } = useExportFolders()
const catalog = '/deviceManagement/configurationPolicies'
const compliance = '/deviceManagement/deviceCompliancePolicies'

describe('loadExport() of an IntuneManagement folder', () => {
  const groupId = '11111111-2222-4333-8444-555555555555'
  const policy = {
    '@odata.context':
      'https://graph.microsoft.com/beta/$metadata#deviceManagement/configurationPolicies(assignments(),settings())/$entity',
    '@odata.type': '#microsoft.graph.deviceManagementConfigurationPolicy',
    '@odata.editLink': "deviceManagement/configurationPolicies('p1')",
    'createdDateTime@odata.type': '#DateTimeOffset',
    createdDateTime: '2025-09-14T06:49:10.7053625Z',
    id: 'p1',
    name: 'Edge',
    platforms: 'windows10',
    technologies: 'mdm',
    roleScopeTagIds: ['0', '3'],
    'assignments@odata.context': 'https://graph.microsoft.com/beta/$metadata#x',
    assignments: [
      { id: `p1_${groupId}`, source: 'direct', sourceId: 'p1', target: exportedTarget('group', { groupId }) },
    ],
    settings: [
      {
        '@odata.type': '#microsoft.graph.deviceManagementConfigurationSetting',
        id: '0',
        settingInstance: { 'a@odata.type': '#x', a: 1 },
      },
    ],
    '#microsoft.graph.assign': { title: 'microsoft.graph.assign' },
  }

  it('keeps ids and dates, and drops what Graph only says about the object', () => {
    const { tenant } = load({ 'SettingsCatalog/Edge.json': policy })
    const { id, properties, sub } = onlyObject(tenant, catalog)
    expect(id).toBe('p1')
    expect(properties).toMatchObject({
      '@odata.type': policy['@odata.type'],
      createdDateTime: policy.createdDateTime,
      settingCount: 1,
    })
    expect(
      Object.keys(properties).filter(
        (name) => name !== '@odata.type' && /@odata|#micro|settings|assignments/.test(name),
      ),
    ).toEqual([])
    expect(sub['settings']).toEqual([
      { '@odata.type': '#microsoft.graph.deviceManagementConfigurationSetting', id: '0', settingInstance: { a: 1 } },
    ])
    expect(tenant.scopeTags.get('3')?.properties['displayName']).toBe('Scope tag 3')
  })

  it('names groups from the migration table; what the table does not have was deleted', () => {
    const gone = '99999999-2222-4333-8444-555555555555'
    const rows = [...policy.assignments, { target: exportedTarget('exclusionGroup', { groupId: gone }) }]
    const { tenant, report } = load({
      'MigrationTable.json': {
        TenantId: 't',
        Organization: 'Contoso',
        Objects: [{ Id: groupId, DisplayName: 'Pilot', Type: 'Group' }],
      },
      'SettingsCatalog/Edge.json': { ...policy, assignments: rows },
    })
    expect([...tenant.groups.values()].map(({ id, displayName }) => [id, displayName])).toEqual([[groupId, 'Pilot']])
    expect(onlyObject(tenant, catalog).assignments.map((row) => row.target['groupId'])).toEqual([groupId, gone])
    expect(report.notes.map(({ note }) => note)).toEqual([
      `group ${gone} is not among the groups of the export: taken as deleted`,
    ])
    expect(report.used).toEqual([{ file: 'MigrationTable.json', use: 'names of groups' }])
  })

  it('takes whole groups from the Groups folder', () => {
    const membershipRule = '(device.deviceOSType -eq "Windows")'
    const group = {
      id: groupId,
      displayName: 'Devices',
      description: 'All',
      groupTypes: ['DynamicMembership'],
      membershipRule,
    }
    const { tenant, report } = load({ 'Groups/Devices.json': group, 'SettingsCatalog/Edge.json': policy })
    expect(tenant.groups.get(groupId)).toMatchObject({ displayName: 'Devices', description: 'All', membershipRule })
    expect(report.loaded.map(({ collection }) => collection)).toEqual(['/groups', catalog])
  })

  it('makes up a group when the export says nothing of groups, and notes it', () => {
    const { tenant, report } = load({ 'SettingsCatalog/Edge.json': policy })
    expect(tenant.groups.get(groupId)?.displayName).toBe(`Group ${groupId}`)
    expect(report.notes).toEqual([
      { file: 'SettingsCatalog/Edge.json', note: `group ${groupId} is not in the export: made up` },
    ])
  })

  it('leaves virtual groups out of the directory', () => {
    const row = { target: exportedTarget('group', { groupId: virtualGroups.allUsers }) }
    const { tenant } = load({
      'a.json': { '@odata.type': '#microsoft.graph.iosManagedAppProtection', displayName: 'A', assignments: [row] },
    })
    expect(tenant.groups.size).toBe(0)
    expect(onlyObject(tenant, '/deviceAppManagement/iosManagedAppProtections')).toMatchObject({
      id: expect.stringMatching(/^T_/),
      assignments: [row],
    })
  })

  it('puts the settings of an administrative template under it', () => {
    const { tenant, report } = load({
      'AdministrativeTemplates/Office.json': {
        displayName: 'Office',
        policyConfigurationIngestionType: 'builtIn',
        assignments: [],
      },
      'AdministrativeTemplates/Office_Settings.json': [
        {
          enabled: true,
          'definition@odata.bind': "https://graph.microsoft.com/beta/deviceManagement/groupPolicyDefinitions('d-1')",
        },
      ],
    })
    const [value] = onlyObject(tenant, '/deviceManagement/groupPolicyConfigurations').sub['definitionValues'] ?? []
    expect(value).toMatchObject({
      id: expect.any(String),
      enabled: true,
      definition: { id: 'd-1' },
      presentationValues: [],
    })
    expect(report.used.map(({ file }) => file)).toEqual(['AdministrativeTemplates/Office_Settings.json'])
  })
})

describe('loadExport() of an IntuneBackupAndRestore folder', () => {
  const policy = { '@odata.type': '#microsoft.graph.windows10CompliancePolicy', id: 'c1', displayName: 'Base' }
  const row = { id: 'c1_x', target: exportedTarget('allLicensedUsers') }

  it.each([
    ['an array', [row]],
    ['a bare object, as PowerShell writes an array of one', row],
    ['a whole answer', { '@odata.context': 'x', value: [row] }],
  ])('takes assignments from %s', (_, content) => {
    const { tenant, report } = load({
      'Device Compliance Policies/Base.json': policy,
      'Device Compliance Policies/Assignments/Base.json': content,
    })
    expect(onlyObject(tenant, compliance).assignments).toEqual([{ target: exportedTarget('allLicensedUsers') }])
    expect(report.used).toEqual([
      {
        file: 'Device Compliance Policies/Assignments/Base.json',
        use: 'assignments of Device Compliance Policies/Base.json',
      },
    ])
    expect(report.notUnderstood).toEqual([])
  })

  it('lists assignments without a policy', () => {
    const { report } = load({ 'T/Base.json': policy, 'T/Assignments/Other.json': [row] })
    expect(report.notUnderstood).toEqual([
      { file: 'T/Assignments/Other.json', reason: 'there is no object of this name that it could be for' },
    ])
  })
})

describe('loadExport() of plain Graph JSON', () => {
  it.each([
    ['an object', settingsPolicy, 1],
    ['an array', [settingsPolicy, { ...settingsPolicy, name: 'B' }], 2],
    ['a whole answer', { '@odata.count': 2, value: [settingsPolicy, { ...settingsPolicy, name: 'B' }] }, 2],
  ])('takes %s', (_, content, count) => {
    const { tenant, report } = load({ 'a.json': content })
    expect(tenant.collections.get(catalog)?.size).toBe(count)
    expect(report.loaded).toHaveLength(count)
  })

  it('completes what the service makes itself', () => {
    const { tenant } = load({
      'Compliance/a.json': { '@odata.type': '#microsoft.graph.iosCompliancePolicy', displayName: 'iOS' },
    })
    expect(onlyObject(tenant, compliance).properties).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      createdDateTime: expect.stringMatching(/^20\d\d-/),
      lastModifiedDateTime: expect.stringMatching(/^20\d\d-/),
      version: 1,
      roleScopeTagIds: ['0'],
      description: null,
    })
  })

  it('gives rows of scheduled actions ids', () => {
    const scheduledActionsForRule = [
      { ruleName: 'PasswordRequired', scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours: 0 }] },
    ]
    const { tenant } = load({
      'a.json': { '@odata.type': '#microsoft.graph.iosCompliancePolicy', displayName: 'iOS', scheduledActionsForRule },
    })
    const [rule] = onlyObject(tenant, compliance).sub['scheduledActionsForRule'] ?? []
    expect(rule).toMatchObject({
      id: expect.any(String),
      scheduledActionConfigurations: [{ id: expect.any(String), actionType: 'block' }],
    })
  })

  it.each([
    [{ customAttributeName: 'Battery', scriptContent: 'eA==' }, 'deviceCustomAttributeShellScripts'],
    [
      { executionFrequency: 'PT0S', retryCount: 1, runAsAccount: 'system', scriptContent: 'eA==' },
      'deviceShellScripts',
    ],
    [{ detectionScriptContent: 'eA==', remediationScriptContent: 'eA==' }, 'deviceHealthScripts'],
    [{ platforms: 'linux', technologies: 'linuxMdm', settings: [] }, 'compliancePolicies', 'Compliance/x.json'],
    [{ platforms: 'linux', technologies: 'linuxMdm', settings: [] }, 'configurationPolicies', 'Linux/x.json'],
    [
      { '@odata.context': 'https://graph.microsoft.com/beta/$metadata#deviceManagement/termsAndConditions/$entity' },
      'termsAndConditions',
    ],
    [{ somethingNew: true }, 'intents', 'Endpoint Security/x.json'],
  ])('tells %o by what it looks like, or by its folder', (object, name, file = 'x.json') => {
    const { report } = load({ [file]: { displayName: 'X', ...object } })
    expect(report.loaded.map(({ collection }) => collection)).toEqual([`/deviceManagement/${name}`])
  })

  it('loads a type newer than the metadata into the collection its folder or context says', () => {
    const { tenant } = load({
      'Device Configurations/a.json': {
        '@odata.type': '#microsoft.graph.windows12NewConfiguration',
        displayName: 'New',
      },
    })
    expect(onlyObject(tenant, '/deviceManagement/deviceConfigurations').properties['@odata.type']).toBe(
      '#microsoft.graph.windows12NewConfiguration',
    )
  })
})

describe('withoutAnnotations()', () => {
  it('keeps types of objects and drops what is said about properties', () => {
    const given = {
      '@odata.type': '#a',
      '@odata.id': 'x',
      'b@odata.type': '#B',
      b: [{ '@odata.type': '#c', 'd@odata.navigationLink': 'y', d: null }],
      '#microsoft.graph.assign': {},
    }
    expect(withoutAnnotations(given)).toEqual({ '@odata.type': '#a', b: [{ '@odata.type': '#c', d: null }] })
  })
})
