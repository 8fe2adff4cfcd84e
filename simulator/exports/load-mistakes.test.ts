import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadExport } from './load-export.ts'
import { exportedTarget, onlyObject, settingsPolicy, useExportFolders } from './testing-exports.ts'

const { load, write } = useExportFolders()
const catalog = '/deviceManagement/configurationPolicies'

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
      { 'a.json': { ...settingsPolicy, assignments: [{ target: exportedTarget('group') }] } },
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
      expect(onlyObject(tenant, catalog).properties['description']).toBe('Grüße')
      expect(report.notUnderstood).toEqual([])
    }
  })

  it('keeps names with characters that no file name may have', () => {
    const name = 'A/B: "C" <D>|E? *\\ 😀'
    expect(
      onlyObject(load({ 'A_B_ _C_ _D__E_ __ .json': { ...settingsPolicy, name } }).tenant, catalog).properties['name'],
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
