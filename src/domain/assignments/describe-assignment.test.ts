import { describe, expect, it } from 'vitest'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { compareAssignments } from '#domain/assignments/compare-assignments.ts'
import { describeAssignment, describeDiff } from '#domain/assignments/describe-assignment.ts'
import { noNames } from '#domain/assignments/names.ts'
import type { Names } from '#domain/assignments/names.ts'
import { filterIds, groupIds } from '#domain/assignments/testing.ts'

const [pilot = '', gone = '', stranger = ''] = groupIds
const [laptops = ''] = filterIds
const names: Names = {
  group: (id) =>
    id === pilot
      ? { name: 'Pilot – Windows', isDeleted: false }
      : id === gone
        ? { name: null, isDeleted: true }
        : undefined,
  filter: (id) => (id === laptops ? { name: 'Corporate laptops', isDeleted: false } : undefined),
  scopeTag: () => undefined,
}
const toPilot: Assignment = { target: { kind: 'group', groupId: pilot }, filter: null, source: 'direct' }

describe('describeAssignment()', () => {
  it.each<[string, Partial<Assignment>]>([
    ['Pilot – Windows (group)', {}],
    [
      'Pilot – Windows (group), filter include "Corporate laptops", required',
      { filter: { id: laptops, mode: 'include' }, intent: 'required' },
    ],
    ['Pilot – Windows (excluded group)', { target: { kind: 'exclusion', groupId: pilot } }],
    [`${gone} (deleted) (group)`, { target: { kind: 'group', groupId: gone } }],
    [`${stranger} (group)`, { target: { kind: 'group', groupId: stranger } }],
    ['All users, from a policy set', { target: { kind: 'allUsers' }, source: 'policySet' }],
    ['All devices', { target: { kind: 'allDevices' } }],
    [
      'SMS00001 (Configuration Manager collection)',
      { target: { kind: 'configManagerCollection', collectionId: 'SMS00001' } },
    ],
    [
      'Pilot – Windows (Cloud PC group, allotment "Shift A", 5 licenses)',
      { target: { kind: 'cloudPcGroup', groupId: pilot, allotmentDisplayName: 'Shift A', allotmentLicensesCount: 5 } },
    ],
    [
      'Pilot – Windows (group), every 2 days at 18:00 (device time)',
      {
        schedule: {
          '@odata.type': '#microsoft.graph.deviceHealthScriptDailySchedule',
          interval: 2,
          time: '18:00:00',
          useUtc: false,
        },
      },
    ],
    [
      'Pilot – Windows (group), every hour',
      { schedule: { '@odata.type': '#microsoft.graph.deviceHealthScriptHourlySchedule', interval: 1 } },
    ],
  ])('says %s', (words, part) => {
    expect(describeAssignment({ ...toPilot, ...part }, names)).toBe(words)
  })
})

describe('describeDiff()', () => {
  it('says what was added, removed and changed, from what to what', () => {
    const before: Assignment[] = [
      {
        ...toPilot,
        filter: { id: laptops, mode: 'include' },
        settings: { notifications: 'showAll', useLocalTime: true },
      },
      { target: { kind: 'exclusion', groupId: gone }, filter: null, source: 'direct' },
    ]
    const after: Assignment[] = [
      { ...toPilot, settings: { notifications: 'hideAll', useLocalTime: true } },
      { target: { kind: 'allDevices' }, filter: null, source: 'direct' },
    ]
    expect(describeDiff(compareAssignments(before, after), names)).toEqual([
      { kind: 'added', text: 'All devices' },
      { kind: 'removed', text: `${gone} (deleted) (excluded group)` },
      {
        kind: 'changed',
        text: 'Pilot – Windows (group), filter include "Corporate laptops" → none, notifications showAll → hideAll',
      },
    ])
  })

  it('falls back to ids without names', () => {
    expect(describeDiff(compareAssignments([], [toPilot]), noNames)).toEqual([
      { kind: 'added', text: `${pilot} (group)` },
    ])
  })
})
