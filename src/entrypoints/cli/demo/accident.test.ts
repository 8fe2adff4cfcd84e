import { expect, test } from 'vitest'
import type { ObjectView } from '../../../../simulator/control.ts'
import { planAccident } from '#entrypoints/cli/demo/accident.ts'

const collection = '/deviceManagement/configurationPolicies'
const filter = {
  deviceAndAppManagementAssignmentFilterId: '11111111-1111-4111-8111-111111111111',
  deviceAndAppManagementAssignmentFilterType: 'include',
}
const pilot = { target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: 'pilot' } }
const filtered = { target: { ...pilot.target, ...filter } }
const kiosks = { target: { '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget', groupId: 'kiosks' } }
const everybody = { target: { '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' } }

function policy(id: string, ...assignments: ObjectView['assignments']): ObjectView {
  return { collection, id, name: id, assignments }
}

test('planAccident() swaps a group, removes an exclusion, drops a filter and empties ten, each on its own policy', () => {
  const plain = Array.from({ length: 12 }, (_, n) => policy(`plain ${n}`, everybody))
  const { changes } = planAccident([
    policy('swap', pilot),
    policy('excluding', everybody, kiosks),
    policy('filtered', filtered),
    ...plain,
  ])
  expect(changes.map(({ id, assignments }) => [id, assignments])).toEqual([
    ['swap', [{ target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }]],
    ['excluding', [everybody]],
    ['filtered', [pilot]],
    ...plain.slice(0, 10).map(({ id }) => [id, []]),
  ])
})

test('planAccident() takes what there is', () => {
  expect(planAccident([policy('only', everybody)]).changes.map(({ what }) => what)).toEqual([
    'all assignments were deleted',
  ])
  expect(planAccident([policy('unassigned')]).changes).toEqual([])
})

test('planAccident() leaves policies alone that a policy set assigned', () => {
  const fromSet = { ...everybody, source: 'policySets' as const, sourceId: 'set' }
  expect(planAccident([policy('mixed', pilot, fromSet)]).changes).toEqual([])
})
