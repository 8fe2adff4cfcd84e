/**
 * The accident of the story: what a tired administrator does in the portal on a Friday. Chosen from what the tenant
 * has, the same way every time, and made behind the product's back.
 */
import type { ObjectView } from '../../../../simulator/control.ts'
import { policyKey } from '#entrypoints/cli/demo/witness.ts'

type Assignments = ObjectView['assignments'][number][]

export interface AccidentChange {
  readonly key: string
  readonly collection: string
  readonly id: string
  readonly name: string
  /** What happened, for people. */
  readonly what: string
  readonly assignments: Assignments
}

export interface Accident {
  readonly changes: readonly AccidentChange[]
}

/** How many policies lose all their assignments, where the tenant has that many left. */
const emptiedPolicies = 10

const groupType = '#microsoft.graph.groupAssignmentTarget'
const exclusionType = '#microsoft.graph.exclusionGroupAssignmentTarget'
const allDevices = { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' }

/** Types whose whole set can be written in one request, and which take every kind of target. */
const collections = new Set([
  '/deviceManagement/configurationPolicies',
  '/deviceManagement/deviceConfigurations',
  '/deviceManagement/deviceCompliancePolicies',
])

/**
 * One group swapped for All devices, one exclusion removed, one filter dropped, and all assignments of ten policies
 * deleted; each on a policy of its own, as far as the tenant has such policies.
 */
export function planAccident(objects: readonly ObjectView[]): Accident {
  const free = objects.filter(
    ({ collection, assignments }) => collections.has(collection) && assignments.some(isDirect) && !isMixed(assignments),
  )
  const take = (wanted: (object: ObjectView) => boolean): ObjectView[] => {
    const index = free.findIndex(wanted)
    return index === -1 ? [] : free.splice(index, 1)
  }
  const swapped = take(canBecomeAllDevices).map((object) =>
    change(object, 'a group was replaced by "All devices"', swapFirstGroup(object.assignments)),
  )
  const widened = take(losesAnExclusion).map((object) =>
    change(object, 'an exclusion was removed', withoutFirst(object.assignments, isExclusion)),
  )
  const unfiltered = take(({ assignments }) => assignments.some(hasFilter)).map((object) =>
    change(object, 'an assignment filter was dropped', dropFirstFilter(object.assignments)),
  )
  const emptied = free.slice(0, emptiedPolicies).map((object) =>
    change(
      object,
      'all assignments were deleted',
      object.assignments.filter((row) => !isDirect(row)),
    ),
  )
  return { changes: [...swapped, ...widened, ...unfiltered, ...emptied] }
}

function change(object: ObjectView, what: string, assignments: Assignments): AccidentChange {
  return { key: policyKey(object), collection: object.collection, id: object.id, name: object.name, what, assignments }
}

function isDirect(row: Assignments[number]): boolean {
  return row.source !== 'policySets'
}

function isMixed(rows: ObjectView['assignments']): boolean {
  return rows.some((row) => !isDirect(row))
}

function isGroup(row: Assignments[number]): boolean {
  return row.target['@odata.type'] === groupType
}

function isExclusion(row: Assignments[number]): boolean {
  return row.target['@odata.type'] === exclusionType
}

function hasFilter({ target }: Assignments[number]): boolean {
  const mode = target['deviceAndAppManagementAssignmentFilterType']
  return mode === 'include' || mode === 'exclude'
}

function canBecomeAllDevices({ assignments }: ObjectView): boolean {
  const hasAll = assignments.some((row) => row.target['@odata.type'] === allDevices['@odata.type'])
  return !hasAll && assignments.some((row) => isGroup(row) && !hasFilter(row))
}

function losesAnExclusion({ assignments }: ObjectView): boolean {
  return assignments.some(isExclusion) && assignments.some((row) => !isExclusion(row))
}

function swapFirstGroup(rows: ObjectView['assignments']): Assignments {
  const index = rows.findIndex((row) => isGroup(row) && !hasFilter(row))
  return rows.map((row, n) => (n === index ? { ...row, target: allDevices } : row))
}

function withoutFirst(rows: ObjectView['assignments'], wanted: (row: Assignments[number]) => boolean): Assignments {
  const index = rows.findIndex(wanted)
  return rows.filter((_, n) => n !== index)
}

function dropFirstFilter(rows: ObjectView['assignments']): Assignments {
  const index = rows.findIndex(hasFilter)
  return rows.map((row, n) => (n === index ? { ...row, target: withoutFilter(row.target) } : row))
}

function withoutFilter(target: Assignments[number]['target']): Assignments[number]['target'] {
  const {
    deviceAndAppManagementAssignmentFilterId: _id,
    deviceAndAppManagementAssignmentFilterType: _mode,
    ...rest
  } = target
  return rest
}
