import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentKey } from '#domain/assignments/assignment-key.ts'
import { assignmentSet } from '#domain/assignments/hash-assignments.ts'
import { normalizeAssignments } from '#domain/assignments/normalize-assignments.ts'
import { assignmentsOf, filterIds, groupIds } from '#domain/assignments/testing.ts'
import { toGraphAssignments } from '#domain/assignments/to-graph-assignments.ts'
import type { GraphObject } from '#graph/client/graph-client.ts'
import { policyTypes } from '#graph/contracts/contract.ts'
import { contractOf } from '#graph/contracts/registry.ts'

const [pilot = ''] = groupIds
const [laptops = ''] = filterIds
const settingsCatalog = contractOf('configurationPolicies')
const apps = contractOf('mobileApps')
const remediations = contractOf('deviceHealthScripts')

describe('normalizeAssignments()', () => {
  it.each(policyTypes)('reads back what is written: %s', (type) => {
    const contract = contractOf(type)
    if (contract.targets.length === 0) return
    fc.assert(
      fc.property(assignmentsOf(contract), (assignments) => {
        const read = normalizeAssignments(contract, toGraphAssignments(contract, assignments))
        expect(read.set.hash).toBe(assignmentSet(assignments).hash)
        expect(read.set.assignments.map(contentKey)).toEqual(assignmentSet(assignments).assignments.map(contentKey))
        expect(read.unknownProperties).toEqual([])
      }),
    )
  })

  it('sees the same through the ids, order and empty values Graph puts around it', () => {
    fc.assert(
      fc.property(assignmentsOf(remediations), (assignments) => {
        const written = toGraphAssignments(remediations, assignments)
        const readBack = written.map((row, index) => asServedByGraph(row, index)).toReversed()
        expect(normalizeAssignments(remediations, readBack).set).toMatchObject({
          hash: normalizeAssignments(remediations, written).set.hash,
        })
      }),
    )
  })

  it.each([
    ['null', null, 'none'],
    ['the zero GUID', '00000000-0000-0000-0000-000000000000', 'none'],
    ['an empty id', '', 'none'],
    ['an id that type none switches off', laptops, 'none'],
    ['nothing at all', undefined, undefined],
  ])('takes %s for no filter', (_words, id, mode) => {
    const target = { deviceAndAppManagementAssignmentFilterId: id, deviceAndAppManagementAssignmentFilterType: mode }
    expect(only(row('groupAssignmentTarget', { groupId: pilot, ...target })).filter).toBeNull()
  })

  it('refuses a filter mode without a filter: no filter at all would reach more', () => {
    const target = { groupId: pilot, deviceAndAppManagementAssignmentFilterType: 'include' }
    expect(() => normalizeAssignments(settingsCatalog, [row('groupAssignmentTarget', target)])).toThrow(
      expect.objectContaining({ reason: 'incomplete_read' }),
    )
  })

  it('takes the virtual groups for all users and all devices', () => {
    const protection = contractOf('iosManagedAppProtections')
    const everyone = row('groupAssignmentTarget', { groupId: 'ACACACAC-9df4-4c7d-9d50-4ef0226f57a9' })
    expect(normalizeAssignments(protection, [everyone]).set.assignments[0]?.target).toEqual({ kind: 'allUsers' })
    expect(toGraphAssignments(protection, normalizeAssignments(protection, [everyone]).set.assignments)).toMatchObject([
      {
        target: {
          '@odata.type': '#microsoft.graph.groupAssignmentTarget',
          groupId: 'acacacac-9df4-4c7d-9d50-4ef0226f57a9',
        },
      },
    ])
  })

  it('writes ids in lower case', () => {
    expect(only(row('exclusionGroupAssignmentTarget', { groupId: pilot.toUpperCase() })).target).toEqual({
      kind: 'exclusion',
      groupId: pilot,
    })
  })

  it.each([
    ['a target of an unknown type', row('scopeTagGroupAssignmentTarget', { targetType: 'user' })],
    ['a target without its group', row('groupAssignmentTarget', {})],
    ['no target', { id: 'x' }],
    ['an intent Graph does not show', { ...row('allDevicesAssignmentTarget', {}), intent: 'unknownFutureValue' }],
    ['a source it does not know', { ...row('allDevicesAssignmentTarget', {}), source: 'partner' }],
    ['text that cannot be stored', { ...row('allDevicesAssignmentTarget', {}), settings: { note: 'a\0b' } }],
    ['half a character', { ...row('allDevicesAssignmentTarget', {}), settings: { note: '\ud800' } }],
    ['endless nesting', { ...row('allDevicesAssignmentTarget', {}), settings: nested(5_000) }],
  ])('refuses the whole set for one row with %s, and drops nothing', (_words, damaged) => {
    const raw = [row('allDevicesAssignmentTarget', {}), damaged]
    expect(() => normalizeAssignments(apps, raw)).toThrow(expect.objectContaining({ reason: 'incomplete_read' }))
  })

  it('lists what the service returned beyond the contract, and compares none of it', () => {
    const plain = row('groupAssignmentTarget', { groupId: pilot })
    const rich = { ...row('groupAssignmentTarget', { groupId: pilot, groupName: 'Pilot' }), auditRuleInformation: {} }
    expect(normalizeAssignments(settingsCatalog, [rich])).toEqual({
      set: normalizeAssignments(settingsCatalog, [plain]).set,
      unknownProperties: ['auditRuleInformation', 'target.groupName'],
    })
  })

  it('takes a configuration without an intent for applied, as Graph reads it back', () => {
    const raw = row('groupAssignmentTarget', { groupId: pilot })
    const [assignment] = normalizeAssignments(contractOf('deviceConfigurations'), [raw]).set.assignments
    expect(assignment?.intent).toBe('apply')
    expect(normalizeAssignments(apps, [raw]).set.assignments[0]).not.toHaveProperty('intent')
  })

  it('tells what a policy set put there', () => {
    expect(only({ ...row('allDevicesAssignmentTarget', {}), source: 'policySets', sourceId: 'x' }).source).toBe(
      'policySet',
    )
    expect(only({ ...row('allDevicesAssignmentTarget', {}), source: 'direct' }).source).toBe('direct')
  })

  it('collapses exact duplicates and nothing else', () => {
    const twice = [row('allDevicesAssignmentTarget', {}), row('allDevicesAssignmentTarget', {}, 'other-id')]
    expect(normalizeAssignments(settingsCatalog, twice).set.assignments).toHaveLength(1)
    const perIntent = [
      { ...row('groupAssignmentTarget', { groupId: pilot }), intent: 'required' },
      { ...row('groupAssignmentTarget', { groupId: pilot }), intent: 'available' },
    ]
    expect(normalizeAssignments(apps, perIntent).set.assignments).toHaveLength(2)
  })

  it('brings settings and schedules into one spelling', () => {
    const settings = {
      useDeviceLicensing: true,
      '@odata.type': 'microsoft.graph.iosVppAppAssignmentSettings',
      vpnConfigurationId: null,
      'tags@odata.type': '#Collection(String)',
      tags: ['b', 'a'],
      deadline: '2026-03-01T08:00:00.0000000+00:00',
    }
    const [app] = normalizeAssignments(apps, [
      { ...row('allDevicesAssignmentTarget', {}), intent: 'required', settings },
    ]).set.assignments
    expect(app?.settings).toEqual({
      '@odata.type': '#microsoft.graph.iosVppAppAssignmentSettings',
      useDeviceLicensing: true,
      tags: ['b', 'a'],
      deadline: '2026-03-01T08:00:00Z',
    })
    const runSchedule = {
      '@odata.type': '#microsoft.graph.deviceHealthScriptDailySchedule',
      interval: 1,
      time: '18:00',
      useUtc: false,
    }
    const served = { ...runSchedule, time: '18:00:00.0000000' }
    const [a, b] = [runSchedule, served].map((schedule) =>
      normalizeAssignments(remediations, [{ ...row('allDevicesAssignmentTarget', {}), runSchedule: schedule }]),
    )
    expect(a).toEqual(b)
  })

  it('leaves a time alone whose fraction is longer than any clock has', () => {
    const settings = { deadline: `2026-03-01T08:00:00.${'0'.repeat(21)}Z` }
    const [app] = normalizeAssignments(apps, [{ ...row('allDevicesAssignmentTarget', {}), settings }]).set.assignments
    expect(app?.settings).toEqual(settings)
  })

  it('keeps a member named __proto__ as data', () => {
    const settings = JSON.parse('{"__proto__": {"isAdmin": true}}') as Record<string, unknown>
    const [app] = normalizeAssignments(apps, [{ ...row('allDevicesAssignmentTarget', {}), settings }]).set.assignments
    expect(Object.keys(app?.settings as object)).toEqual(['__proto__'])
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false)
  })
})

describe('toGraphAssignments()', () => {
  it('leaves out what a policy set put there', () => {
    const inherited = { target: { kind: 'allUsers' }, filter: null, source: 'policySet' } as const
    expect(toGraphAssignments(settingsCatalog, [inherited])).toEqual([])
  })

  it('never drops a filter: a type or a target that takes none is refused', () => {
    const filter = { id: laptops, mode: 'include' } as const
    const direct = { filter, source: 'direct' } as const
    const scripts = contractOf('deviceManagementScripts')
    expect(() => toGraphAssignments(scripts, [{ target: { kind: 'allDevices' }, ...direct }])).toThrow(/with a filter/)
    const excluded = { target: { kind: 'exclusion', groupId: pilot }, ...direct } as const
    expect(() => toGraphAssignments(settingsCatalog, [excluded])).toThrow(/excluded group with a filter/)
  })

  it('refuses a target the policy type does not have', () => {
    const everyDevice = { target: { kind: 'allDevices' }, filter: null, source: 'direct' } as const
    expect(() => toGraphAssignments(contractOf('iosManagedAppProtections'), [everyDevice])).toThrow(
      expect.objectContaining({ reason: 'unsupported' }),
    )
  })

  it('refuses intent, settings and schedule where the type has none', () => {
    const base = { target: { kind: 'allDevices' }, filter: null, source: 'direct' } as const
    for (const extra of [{ intent: 'required' }, { settings: {} }, { schedule: {} }]) {
      expect(() => toGraphAssignments(settingsCatalog, [{ ...base, ...extra }])).toThrow(
        expect.objectContaining({ reason: 'unsupported' }),
      )
    }
  })

  it('writes an exclusion with its group and nothing else', () => {
    const excluded = {
      target: { kind: 'exclusion', groupId: pilot },
      filter: null,
      intent: 'required',
      source: 'direct',
    } as const
    expect(toGraphAssignments(apps, [excluded])).toEqual([
      {
        '@odata.type': '#microsoft.graph.mobileAppAssignment',
        target: { '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget', groupId: pilot },
        intent: 'required',
      },
    ])
  })

  it('keeps a remediation switched on although Graph reads the flag as false', () => {
    const read = { ...row('allDevicesAssignmentTarget', {}), runRemediationScript: false }
    const { assignments } = normalizeAssignments(remediations, [read]).set
    expect(toGraphAssignments(remediations, assignments)).toMatchObject([{ runRemediationScript: true }])
  })
})

function row(targetType: string, target: GraphObject, id = 'policy_target'): GraphObject {
  return { id, target: { '@odata.type': `#microsoft.graph.${targetType}`, ...target } }
}

function only(raw: GraphObject) {
  const [assignment, ...others] = normalizeAssignments(settingsCatalog, [raw]).set.assignments
  if (!assignment || others.length > 0) throw new Error('expected one assignment')
  return assignment
}

/** What Graph makes of a written row: an id, the source, an empty filter, another order of keys, the flag as false. */
function asServedByGraph(written: GraphObject, index: number): GraphObject {
  const noFilter = {
    deviceAndAppManagementAssignmentFilterId: '00000000-0000-0000-0000-000000000000',
    deviceAndAppManagementAssignmentFilterType: 'none',
  }
  const target = { ...noFilter, ...(written['target'] as object) }
  const served = {
    id: `row-${index}`,
    source: 'direct',
    sourceId: null,
    ...written,
    target,
    runRemediationScript: false,
  }
  return Object.fromEntries(Object.entries(served).toReversed())
}

function nested(depth: number): Record<string, unknown> {
  let value: Record<string, unknown> = {}
  for (let level = 0; level < depth; level++) value = { value }
  return value
}
