import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { typeOf } from '../catalogue/catalogue.ts'
import { generateTenant } from '../generate/generate-tenant.ts'
import { collectionPaths, virtualGroups, type GraphObject, type SimObject, type SimTenant } from '../world.ts'
import { loadExport } from './load-export.ts'
import { withoutAnnotations } from './graph-json.ts'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Writes files, objects as JSON, and loads their folder. */
function load(files: Readonly<Record<string, unknown>>) {
  return loadExport({ folder: write(files), tenantName: 'Contoso' })
}

function write(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'export-'))
  folders.push(folder)
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    const isRaw = typeof content === 'string' || Buffer.isBuffer(content)
    writeFileSync(join(folder, file), isRaw ? content : JSON.stringify(content))
  }
  return folder
}

function only(tenant: SimTenant, collection: string): SimObject {
  const objects = [...(tenant.collections.get(collection)?.values() ?? [])]
  if (objects.length !== 1 || !objects[0]) throw new Error(`${collection} holds ${objects.length} objects.`)
  return objects[0]
}

const catalog = '/deviceManagement/configurationPolicies'
const compliance = '/deviceManagement/deviceCompliancePolicies'

const settingsPolicy = { name: 'Edge', platforms: 'windows10', technologies: 'mdm', settings: [], assignments: [] }
const target = (kind: string, more: GraphObject = {}) => ({
  '@odata.type': `#microsoft.graph.${kind}AssignmentTarget`,
  ...more,
})
const groupNamed = (groupName: string, more: GraphObject = {}) => ({
  source: 'direct',
  target: target('group', { groupName, ...more }),
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
    expect(targets).toEqual([target('group', { groupId }), target('group', { groupId })])
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
          { target: target('allDevices', filterOf('Kiosk')) },
          { target: target('allLicensedUsers', filterOf('Gone')) },
        ],
      },
    })
    const filters = [...tenant.filters.values()].map(({ id, properties }) => [
      id,
      properties['displayName'],
      properties['platform'],
    ])
    const used = only(tenant, catalog).assignments.map((row) => row.target['deviceAndAppManagementAssignmentFilterId'])
    expect(filters.map(([, name, platform]) => [name, platform])).toEqual([
      ['Kiosk', 'macOS'],
      ['Gone', 'macOS'],
    ])
    expect(used).toEqual(filters.map(([id]) => id))
  })

  it('refuses an assignment whose filter has no mode, instead of broadening it', () => {
    const row = { target: target('allDevices', { deviceAndAppManagementAssignmentFilterId: 'Kiosk' }) }
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
      target: target('allDevices', {
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
    expect(only(tenant, '/deviceManagement/deviceConfigurations').assignments).toEqual([
      { target: target('allDevices'), intent: 'apply' },
    ])
  })

  it('makes scope tags of names, with small numbers as ids', () => {
    const { tenant } = load({ 'a.json': { ...settingsPolicy, roleScopeTagIds: ['Default', 'München', 'Kiosk'] } })
    expect(only(tenant, catalog).properties['roleScopeTagIds']).toEqual(['0', '1', '2'])
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
    const { scriptContent } = only(tenant, `/deviceManagement/${collection}`).properties
    expect(Buffer.from(String(scriptContent), 'base64').toString('utf8')).toBe('Write-Host "Grüße"\r\n')
    expect(report.used).toEqual([{ file: scriptFile, use: `content of ${file}` }])
    expect(report.notUnderstood).toEqual([])
  })

  it('reads both scripts of a remediation, and says which is missing', () => {
    const { tenant, report } = load({
      'Proactive Remediations/Fix.json': { displayName: 'Fix', publisher: 'IT', assignments: [] },
      'Proactive Remediations/Script Content/Fix_detection.ps1': 'exit 1',
    })
    expect(only(tenant, '/deviceManagement/deviceHealthScripts').properties['detectionScriptContent']).toBe('ZXhpdCAx')
    expect(report.notes.map(({ note }) => note)).toEqual(['remediationScriptContent is not in the export'])
  })

  it('reads YAML as well', () => {
    const { tenant } = load({
      'Settings Catalog/Edge_mdm.yaml':
        'name: Edge\nplatforms: windows10\ntechnologies: mdm\nsettings: []\nassignments: []\n',
    })
    expect(only(tenant, catalog).properties).toMatchObject({ name: 'Edge', platforms: 'windows10' })
  })
})

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
    assignments: [{ id: `p1_${groupId}`, source: 'direct', sourceId: 'p1', target: target('group', { groupId }) }],
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
    const { id, properties, sub } = only(tenant, catalog)
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
    const rows = [...policy.assignments, { target: target('exclusionGroup', { groupId: gone }) }]
    const { tenant, report } = load({
      'MigrationTable.json': {
        TenantId: 't',
        Organization: 'Contoso',
        Objects: [{ Id: groupId, DisplayName: 'Pilot', Type: 'Group' }],
      },
      'SettingsCatalog/Edge.json': { ...policy, assignments: rows },
    })
    expect([...tenant.groups.values()].map(({ id, displayName }) => [id, displayName])).toEqual([[groupId, 'Pilot']])
    expect(only(tenant, catalog).assignments.map((row) => row.target['groupId'])).toEqual([groupId, gone])
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
    const row = { target: target('group', { groupId: virtualGroups.allUsers }) }
    const { tenant } = load({
      'a.json': { '@odata.type': '#microsoft.graph.iosManagedAppProtection', displayName: 'A', assignments: [row] },
    })
    expect(tenant.groups.size).toBe(0)
    expect(only(tenant, '/deviceAppManagement/iosManagedAppProtections')).toMatchObject({
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
    const [value] = only(tenant, '/deviceManagement/groupPolicyConfigurations').sub['definitionValues'] ?? []
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
  const row = { id: 'c1_x', target: target('allLicensedUsers') }

  it.each([
    ['an array', [row]],
    ['a bare object, as PowerShell writes an array of one', row],
    ['a whole answer', { '@odata.context': 'x', value: [row] }],
  ])('takes assignments from %s', (_, content) => {
    const { tenant, report } = load({
      'Device Compliance Policies/Base.json': policy,
      'Device Compliance Policies/Assignments/Base.json': content,
    })
    expect(only(tenant, compliance).assignments).toEqual([{ target: target('allLicensedUsers') }])
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
    expect(only(tenant, compliance).properties).toMatchObject({
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
    const [rule] = only(tenant, compliance).sub['scheduledActionsForRule'] ?? []
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
    expect(only(tenant, '/deviceManagement/deviceConfigurations').properties['@odata.type']).toBe(
      '#microsoft.graph.windows12NewConfiguration',
    )
  })
})

describe('loadExport() of what is not as it should be', () => {
  const good = { 'good.json': settingsPolicy }
  const reasonsOf = (files: Readonly<Record<string, unknown>>) => load({ ...good, ...files }).report.notUnderstood

  it.each([
    ['{\n  "name": "a",\n  nonsense\n}', 'not valid JSON at line 3, column 3: '],
    ['{"name": "a"', 'not valid JSON at line 1, column 13: '],
    ['', 'the file is empty'],
    ['[]', 'an empty list'],
    ['"text"', 'not an object or a list of objects'],
    ['[1, {}]', 'not an object or a list of objects'],
    [
      '{"displayName": "?"}',
      'neither its @odata.type, its @odata.context, its properties nor its folder says what it is',
    ],
    [
      '{"@odata.type": "#microsoft.graph.conditionalAccessPolicy"}',
      'conditionalAccessPolicy is in none of the collections the simulator serves',
    ],
  ])('lists %s with the reason', (content, reason) => {
    const [listed, ...others] = reasonsOf({ 'bad.json': content })
    expect(others).toEqual([])
    expect(listed?.file).toBe('bad.json')
    expect(listed?.reason.startsWith(reason)).toBe(true)
  })

  it.each([
    [
      'an object of a collection of many types without its type',
      { 'Device Configurations/a.json': { displayName: 'A' } },
      /needs an @odata.type, there are \d\d\d? kinds/,
    ],
    [
      'an assignment without a target',
      { 'a.json': { ...settingsPolicy, assignments: [{ intent: 'apply' }] } },
      /an assignment has no target/,
    ],
    [
      'a group target without a group',
      { 'a.json': { ...settingsPolicy, assignments: [{ target: target('group') }] } },
      /neither groupId nor groupName/,
    ],
    [
      'settings cut off by the depth of the export',
      { 'a.json': { ...settingsPolicy, settings: ['System.Object'] } },
      /cut off at a depth/,
    ],
    ['a file of another kind', { 'README.md': '# Hello' }, /not a JSON or YAML file/],
    ['YAML that is none', { 'a.yaml': 'a: [1' }, /not valid YAML at line 1, column/],
  ])('lists %s', (_, files, reason) => {
    expect(reasonsOf(files).map((each) => each.reason)).toEqual([expect.stringMatching(reason)])
  })

  it('reads byte order marks, UTF-16 and Windows line endings', () => {
    const text = JSON.stringify({ ...settingsPolicy, description: 'Grüße' }, null, 2).replaceAll('\n', '\r\n')
    for (const content of [Buffer.from(`\uFEFF${text}`, 'utf8'), Buffer.from(`\uFEFF${text}`, 'utf16le'), text]) {
      const { tenant, report } = load({ 'a.json': content })
      expect(only(tenant, catalog).properties['description']).toBe('Grüße')
      expect(report.notUnderstood).toEqual([])
    }
  })

  it('keeps names with characters that no file name may have', () => {
    const name = 'A/B: "C" <D>|E? *\\ 😀'
    expect(
      only(load({ 'A_B_ _C_ _D__E_ __ .json': { ...settingsPolicy, name } }).tenant, catalog).properties['name'],
    ).toBe(name)
  })

  it('keeps two policies of the same name apart', () => {
    const { tenant, report } = load({ 'a/Edge.json': settingsPolicy, 'b/Edge.json': settingsPolicy })
    expect(tenant.collections.get(catalog)?.size).toBe(2)
    expect(report.notUnderstood).toEqual([])
  })

  it('lists the second of two objects with the same id', () => {
    const { report } = load({ 'a.json': { ...settingsPolicy, id: '1' }, 'b.json': { ...settingsPolicy, id: '1' } })
    expect(report.notUnderstood).toEqual([{ file: 'b.json', reason: `another object of ${catalog} has the same id 1` }])
  })

  it('accounts for every file of the folder', () => {
    const files = {
      'SettingsCatalog/a.json': { ...settingsPolicy, id: 'a' },
      'SettingsCatalog/b.json': 'broken',
      'MigrationTable.json': { Objects: [] },
      'Scripts/x.json': { displayName: 'X', runAs32Bit: true, enforceSignatureCheck: false, fileName: 'x.ps1' },
      'Scripts/x.ps1': 'exit 0',
      'notes.txt': 'hello',
    }
    const { report } = load(files)
    const told = [...report.loaded, ...report.used, ...report.notUnderstood].map(({ file }) => file)
    expect(told.toSorted()).toEqual(Object.keys(files).toSorted())
  })

  it.each([
    ['is empty', {}, /^The export folder .* is empty\.$/],
    [
      'holds nothing that is understood',
      { 'a.json': '{}', 'b.json': '{' },
      /^Nothing in the export folder .* is understood; one of its 2 files, b\.json: not valid JSON at line 1, column 2/,
    ],
  ])('refuses a folder that %s', (_, files, message) => {
    expect(() => load(files)).toThrow(message)
  })

  it('refuses a folder that is not there, or is a file', () => {
    const folder = write({ 'a.json': settingsPolicy })
    expect(() => loadExport({ folder: join(folder, 'none'), tenantName: 'X' })).toThrow(
      /^The export folder .*none does not exist\.$/,
    )
    expect(() => loadExport({ folder: join(folder, 'a.json'), tenantName: 'X' })).toThrow(/is not a folder\.$/)
  })
})

/** A tenant written the way a plain exporter would: one file for each object, its navigation and assignments inside. */
function exported(tenant: SimTenant): Record<string, unknown> {
  const groups = [...tenant.groups.values()].map(({ id, displayName, description, membershipRule }) => [
    `Groups/${id}.json`,
    { id, displayName, description, membershipRule, securityEnabled: true },
  ])
  const objects = [...tenant.collections].flatMap(([collection, all]) =>
    [...all.values()].map(({ id, properties, sub, assignments }) => {
      const hasAssignments = typeOf(collection)?.assignments !== null
      return [
        `${collection.slice(1)}/${id}.json`,
        { ...properties, ...sub, ...(hasAssignments ? { assignments } : {}) },
      ]
    }),
  )
  return Object.fromEntries([...groups, ...objects]) as Record<string, unknown>
}

describe('loadExport() of what generateTenant() made', () => {
  it.each([1, 2, 3])('gives back every object, group and assignment (seed %i)', (seed) => {
    const made = generateTenant({ name: 'Contoso', seed, policies: 120 })
    const { tenant, report } = load(exported(made))
    expect(report.notUnderstood).toEqual([])
    for (const [collection, objects] of made.collections) {
      const loaded = tenant.collections.get(collection)
      for (const [id, { properties, sub, assignments }] of objects) {
        const found = loaded?.get(id)
        expect([collection, found?.assignments]).toEqual([collection, assignments])
        expect(found?.sub).toEqual(sub)
        if (collection !== collectionPaths.roleScopeTags) expect(found?.properties).toMatchObject(properties)
      }
    }
    expect([...tenant.groups.keys()].toSorted()).toEqual([...made.groups.keys()].toSorted())
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
