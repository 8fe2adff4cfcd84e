/** What the service accepts as assignments of one object; everything else is a 400 in its words. */
import type { AssignmentRules, ResourceType, TargetKind } from '../catalogue/resource-type.ts'
import type { GraphObject, SimAssignment, SimObject, SimTarget, SimTenant } from '../world.ts'
import { virtualGroups } from '../world.ts'
import { badRequest, intuneError } from './graph-error.ts'
import { assignmentId, isServiceDefault, targetId, targetType } from './shape-assignments.ts'

const kinds: Readonly<Record<string, TargetKind>> = {
  groupAssignmentTarget: 'group',
  exclusionGroupAssignmentTarget: 'exclusion',
  allLicensedUsersAssignmentTarget: 'allUsers',
  allDevicesAssignmentTarget: 'allDevices',
  configurationManagerCollectionAssignmentTarget: 'collection',
  cloudPcManagementGroupAssignmentTarget: 'cloudPcGroup',
}

const appIntents = ['available', 'required', 'uninstall', 'availableWithoutEnrollment']

/** @throws GraphError 400 when the object takes no assignments at all */
export function checkAssignable(type: ResourceType, object: SimObject): void {
  if (isServiceDefault(type, object) && type.entity === 'deviceEnrollmentConfiguration') {
    throw intuneError(400, 'BadRequest', 'The default enrollment configuration cannot be assigned')
  }
  const publishing = object.properties['publishingState']
  if (type.entity === 'mobileApp' && publishing !== undefined && publishing !== 'published') {
    throw intuneError(400, 'BadRequest', 'The app cannot be assigned before it is published')
  }
}

/** The rows of a write as they are stored. @throws GraphError 400 */
export function checkAssignments(
  tenant: SimTenant,
  type: ResourceType,
  object: SimObject,
  rows: readonly unknown[],
): SimAssignment[] {
  const rules = rulesOf(type)
  const checked = rows.map((row) => checkAssignment(tenant, type, object, row))
  refuseDuplicates(rules, object, checked)
  return checked
}

function rulesOf(type: ResourceType): AssignmentRules {
  if (!type.assignments) throw badRequest(`'${type.entity}' cannot be assigned.`)
  return type.assignments
}

export function refuseDuplicates(rules: AssignmentRules, object: SimObject, rows: readonly SimAssignment[]): void {
  const seen = new Set<string>()
  for (const row of rows) {
    const id = assignmentId(rules, object.id, row)
    if (seen.has(id)) throw intuneError(400, 'BadRequest', `Duplicate assignment for target ${targetId(row.target)}`)
    seen.add(id)
  }
}

/** One row of a write as it is stored. @throws GraphError 400 */
export function checkAssignment(tenant: SimTenant, type: ResourceType, object: SimObject, row: unknown): SimAssignment {
  const rules = rulesOf(type)
  if (!isObject(row) || !isObject(row['target'])) throw badRequest('An assignment needs a target.')
  refuseUnknown(rules.type, row, ['id', '@odata.type', 'target', ...rules.stamps, ...rules.extras])
  if (row['source'] === 'policySets')
    throw intuneError(400, 'BadRequest', 'Assignments of policy sets cannot be written')
  const target = checkTarget(tenant, rules, row['target'])
  if (targetKind(target) !== 'allUsers' && targetKind(target) !== 'allDevices') refuseGroupsIfDisabled(object)
  const assignment: SimAssignment = { target }
  for (const name of rules.extras) {
    if (row[name] !== undefined && row[name] !== null) assignment[name] = row[name]
  }
  checkApp(rules, assignment)
  return assignment
}

function refuseGroupsIfDisabled(object: SimObject): void {
  if (object.properties['disableEntraGroupPolicyAssignment'] !== true) return
  throw intuneError(400, 'BadRequest', 'This policy must not be assigned to groups')
}

function refuseUnknown(type: string, given: GraphObject, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name) && !name.includes('@odata.'))
  if (unknown === undefined) return
  throw badRequest(`The property '${unknown}' does not exist on type 'microsoft.graph.${type}'.`)
}

function targetKind(target: SimTarget): TargetKind | undefined {
  return kinds[targetType(target)]
}

const targetProperties = [
  'groupId',
  'collectionId',
  'deviceAndAppManagementAssignmentFilterId',
  'deviceAndAppManagementAssignmentFilterType',
  'servicePlanId',
  'allotmentDisplayName',
  'allotmentLicensesCount',
]

function checkTarget(tenant: SimTenant, rules: AssignmentRules, given: GraphObject): SimTarget {
  if (typeof given['@odata.type'] !== 'string') throw badRequest("A target needs '@odata.type'.")
  const type = targetType(given as SimTarget)
  const kind = kinds[type]
  if (!kind) throw badRequest(`Cannot find type '${type}' of an assignment target.`)
  refuseUnknown(type, given, targetProperties)
  if (!rules.targets.includes(kind)) throw intuneError(400, 'BadRequest', `Target type ${type} is not supported`)
  const target: SimTarget = { '@odata.type': `#microsoft.graph.${type}` }
  Object.assign(target, namedTarget(tenant, rules, kind, given), usedFilter(tenant, rules, kind, given))
  return target
}

function namedTarget(tenant: SimTenant, rules: AssignmentRules, kind: TargetKind, given: GraphObject): GraphObject {
  if (kind === 'allUsers' || kind === 'allDevices') return {}
  if (kind === 'collection') return { collectionId: requiredText(given, 'collectionId') }
  const groupId = requiredText(given, 'groupId')
  const isVirtual = rules.type === 'targetedManagedAppPolicyAssignment' && groupId === virtualGroups.allUsers
  if (!tenant.groups.has(groupId) && !isVirtual) {
    throw intuneError(400, 'BadRequest', `Group ${groupId} does not exist in the directory`)
  }
  return kind === 'cloudPcGroup' ? { groupId, ...cloudPcExtras(given) } : { groupId }
}

function cloudPcExtras(given: GraphObject): GraphObject {
  const names = ['servicePlanId', 'allotmentDisplayName', 'allotmentLicensesCount']
  return Object.fromEntries(
    names.flatMap((name) => (given[name] === undefined || given[name] === null ? [] : [[name, given[name]]])),
  )
}

function requiredText(given: GraphObject, name: string): string {
  const value = given[name]
  if (typeof value === 'string' && value !== '') return value
  throw badRequest(`The target needs '${name}'.`)
}

const noFilter = [undefined, null, '', '00000000-0000-0000-0000-000000000000']

function usedFilter(tenant: SimTenant, rules: AssignmentRules, kind: TargetKind, given: GraphObject): GraphObject {
  const id = given['deviceAndAppManagementAssignmentFilterId']
  const mode: unknown = given['deviceAndAppManagementAssignmentFilterType'] ?? 'none'
  const isUnfiltered = noFilter.includes(id as string | null | undefined)
  if (mode === 'none' && isUnfiltered) return {}
  if (mode === 'none' || isUnfiltered) throw badRequest('Assignment filter id and type must be given together.')
  if (mode !== 'include' && mode !== 'exclude') throw badRequest(`${JSON.stringify(mode)} is not a filter type.`)
  if (!rules.filters) throw intuneError(400, 'BadRequest', 'Assignment filters are not supported for this type')
  if (kind === 'exclusion')
    throw intuneError(400, 'BadRequest', 'Exclusion assignment does not support assignment filters')
  if (typeof id !== 'string' || !tenant.filters.has(id)) {
    throw intuneError(400, 'BadRequest', `Assignment filter ${String(id)} does not exist`)
  }
  return { deviceAndAppManagementAssignmentFilterId: id, deviceAndAppManagementAssignmentFilterType: mode }
}

function checkApp(rules: AssignmentRules, assignment: SimAssignment): void {
  if (rules.type !== 'mobileAppAssignment') return
  if (!appIntents.includes(String(assignment['intent'])))
    throw badRequest(`'${String(assignment['intent'])}' is not an install intent.`)
  if (targetKind(assignment.target) === 'exclusion' && assignment['settings'] !== undefined) {
    throw intuneError(400, 'BadRequest', 'Exclusion assignment does not support MobileAppAssignment Settings.')
  }
}

function isObject(value: unknown): value is GraphObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
