/**
 * How assignments read: the service gives them ids made of policy and target, fills in empty filters, says where they
 * came from, and does not return everything as it was written.
 */
import type { AssignmentRules, ResourceType } from '../catalogue/resource-type.ts'
import type { GraphObject, SimAssignment, SimObject, SimTarget } from '../world.ts'
import { textOf, virtualGroups } from '../world.ts'
import type { Version } from './call.ts'

const graphPrefix = '#microsoft.graph.'

export function targetType(target: SimTarget): string {
  return target['@odata.type'].replace(/^#?microsoft\.graph\./, '')
}

/** The group, collection or virtual group a target names. */
export function targetId(target: SimTarget): string {
  const type = targetType(target)
  if (type === 'allLicensedUsersAssignmentTarget') return virtualGroups.allUsers
  if (type === 'allDevicesAssignmentTarget') return virtualGroups.allDevices
  return textOf(target, 'groupId') || textOf(target, 'collectionId')
}

const intentIndex: Readonly<Record<string, number>> = {
  available: 0,
  required: 1,
  uninstall: 2,
  availableWithoutEnrollment: 3,
}

export function assignmentId(rules: AssignmentRules, policyId: string, assignment: SimAssignment): string {
  const target = targetId(assignment.target)
  const kind = targetType(assignment.target) === 'exclusionGroupAssignmentTarget' ? 1 : 0
  switch (rules.idFormat) {
    case 'policy_target':
      return `${policyId}_${target}`
    case 'policy:target':
      return `${policyId}:${target}`
    case 'policy_target_kind':
      return `${policyId}_${target}_${kind}`
    case 'target_intent_kind':
      return `${target}_${intentIndex[String(assignment['intent'])] ?? 0}_${kind}`
  }
}

/** Priority 0 are the defaults of the service: for all devices, from nobody, not to be assigned. */
export function isServiceDefault(type: ResourceType, object: SimObject): boolean {
  if (type.entity === 'deviceEnrollmentConfiguration') {
    return object.properties['priority'] === 0 || /_Default[A-Z]/.test(object.id)
  }
  return type.entity === 'intuneBrandingProfile' && object.properties['isDefaultProfile'] === true
}

const toAllDevices: SimAssignment = { target: { '@odata.type': `${graphPrefix}allDevicesAssignmentTarget` } }

/** The assignments of an object as it reads in a version, in stored order. */
export function shapeAssignments(type: ResourceType, object: SimObject, version: Version): readonly GraphObject[] {
  const rules = type.assignments
  if (!rules) return []
  if (type.entity === 'deviceEnrollmentConfiguration' && isServiceDefault(type, object)) {
    return [{ ...shapeAssignment(rules, object, toAllDevices, version), ...defaultStamps(object, version) }]
  }
  return object.assignments.map((assignment) => shapeAssignment(rules, object, assignment, version))
}

function defaultStamps(object: SimObject, version: Version): GraphObject {
  return version === 'beta' ? { id: object.id, sourceId: null } : { id: object.id }
}

export function shapeAssignment(
  rules: AssignmentRules,
  object: SimObject,
  assignment: SimAssignment,
  version: Version,
): GraphObject {
  const shaped: GraphObject = { id: assignmentId(rules, object.id, assignment) }
  const properties: Record<string, unknown> = {
    ...stamps(rules, object, assignment),
    ...extras(rules, assignment),
    target: shapeTarget(rules, assignment.target, version),
  }
  for (const name of Object.keys(properties).toSorted()) {
    if (version === 'beta' || keptInV1(rules, name)) shaped[name] = properties[name]
  }
  return shaped
}

/** v1.0 has neither source nor the intent of a device configuration. */
function keptInV1(rules: AssignmentRules, name: string): boolean {
  if (name === 'source' || name === 'sourceId') return false
  return name !== 'intent' || rules.type === 'mobileAppAssignment'
}

function stamps(rules: AssignmentRules, object: SimObject, assignment: SimAssignment): GraphObject {
  const all = {
    source: assignment.source ?? 'direct',
    sourceId: assignment.sourceId ?? object.id,
    lastModifiedDateTime: object.properties['lastModifiedDateTime'] ?? '2026-01-01T00:00:00Z',
    createdDateTime: object.properties['createdDateTime'] ?? '2026-01-01T00:00:00Z',
  }
  return Object.fromEntries(rules.stamps.map((stamp) => [stamp, all[stamp]]))
}

function extras(rules: AssignmentRules, assignment: SimAssignment): GraphObject {
  return Object.fromEntries(rules.extras.map((name) => [name, readBack(rules, name, assignment[name])]))
}

function readBack(rules: AssignmentRules, name: string, written: unknown): unknown {
  if (name === 'runRemediationScript') return false
  if (name === 'runSchedule') return fullTime(written)
  if (name === 'intent' && rules.type !== 'mobileAppAssignment') return written ?? 'apply'
  return written ?? null
}

/** `18:00` and `18:00:00` read back as `18:00:00.0000000`. */
function fullTime(schedule: unknown): unknown {
  if (typeof schedule !== 'object' || schedule === null) return null
  const { time } = schedule as GraphObject
  if (typeof time !== 'string') return schedule
  const [clock = '', fraction = ''] = time.split('.')
  const seconds = clock.split(':').length === 2 ? `${clock}:00` : clock
  return { ...schedule, time: `${seconds}.${fraction.padEnd(7, '0')}` }
}

const cloudPcProperties = ['allotmentDisplayName', 'allotmentLicensesCount', 'groupId', 'servicePlanId'] as const

function shapeTarget(rules: AssignmentRules, target: SimTarget, version: Version): GraphObject {
  const type = { '@odata.type': `${graphPrefix}${targetType(target)}` }
  if (rules.targets.includes('cloudPcGroup')) {
    const names = version === 'beta' ? cloudPcProperties : (['groupId', 'servicePlanId'] as const)
    return { ...type, ...Object.fromEntries(names.map((name) => [name, target[name] ?? null])) }
  }
  const named = target['groupId'] ?? target['collectionId']
  const ids = named === undefined ? {} : { [target['groupId'] === undefined ? 'collectionId' : 'groupId']: named }
  return version === 'beta' ? { ...type, ...filterOf(rules, target), ...ids } : { ...type, ...ids }
}

function filterOf(rules: AssignmentRules, target: SimTarget): GraphObject {
  const mode = target['deviceAndAppManagementAssignmentFilterType'] ?? 'none'
  return {
    deviceAndAppManagementAssignmentFilterId:
      mode === 'none' ? rules.emptyFilter : target['deviceAndAppManagementAssignmentFilterId'],
    deviceAndAppManagementAssignmentFilterType: mode,
  }
}
