import type { AssignmentRules, TargetKind } from '../catalogue/resource-type.ts'
import { virtualGroups, type GraphObject, type SimAssignment, type SimGroup, type SimTarget } from '../world.ts'
import { appAssignments } from './app-assignments.ts'
import type { Draft } from './draft.ts'
import type { Filters } from './filters.ts'
import { daysAgo } from './graph-dates.ts'
import type { Directory } from './groups.ts'
import type { Random } from './random.ts'

/** What assignments are made from. */
export interface Assignable {
  readonly rules: AssignmentRules
  readonly draft: Draft
  readonly directory: Directory
  readonly filters: Filters
}

type Situation = 'none' | 'everybody' | 'pilot' | 'broad' | 'several' | 'orphaned'

const situations: Readonly<Record<Situation, number>> = {
  none: 12,
  everybody: 26,
  pilot: 14,
  broad: 24,
  several: 22,
  orphaned: 2,
}

/** The assignments somebody would have given the policy, within what its type allows. */
export function assignmentsFor(random: Random, assignable: Assignable): SimAssignment[] {
  const { rules, draft } = assignable
  if (isNeverAssigned(draft)) return []
  if (rules.type === 'mobileAppAssignment') return appAssignments(random, assignable)
  const targets = rules.targets.includes('cloudPcGroup')
    ? cloudPcTargets(random, assignable)
    : targetsFor(random, assignable)
  return targets.map((target) => ({ target, ...extrasFor(random, rules) }))
}

/** The defaults of the service, and scripts that are only referred to. */
function isNeverAssigned({ type, values }: Draft): boolean {
  if (type === 'deviceComplianceScript') return true
  return values?.['priority'] === 0 || values?.['isDefaultProfile'] === true
}

function targetsFor(random: Random, assignable: Assignable): SimTarget[] {
  const situation = random.weighted(situations)
  const included = distinct(includedTargets(random, assignable, situation))
  const withFilters = included.map((target) => filtered(random, assignable, target))
  const excluded = situation === 'none' || situation === 'pilot' ? [] : excludedTargets(random, assignable)
  return distinct([...withFilters, ...excluded])
}

function includedTargets(random: Random, assignable: Assignable, situation: Situation): SimTarget[] {
  const { draft, directory } = assignable
  const audience =
    draft.audience === 'users'
      ? directory.users
      : [...directory.devices[draft.platform], ...directory.apps.slice(0, 40)]
  switch (situation) {
    case 'none':
      return []
    case 'everybody':
      return [everybody(random, assignable) ?? groupTarget(random.pick(audience))]
    case 'pilot':
      return directory.pilot[draft.platform].slice(0, random.int(1, 2)).map(groupTarget)
    case 'broad':
      return [...directory.pilot[draft.platform], ...directory.broad[draft.platform]].map(groupTarget)
    case 'several':
      return random.sample(audience, random.int(1, 4)).map(groupTarget)
    case 'orphaned':
      return [groupIdTarget(random.pick(directory.deletedGroupIds)), groupTarget(random.pick(audience))]
  }
}

/** "All users" or "All devices" in the way the type has it; undefined where it has neither. */
function everybody(random: Random, { rules, draft }: Assignable): SimTarget | undefined {
  if (rules.type === 'targetedManagedAppPolicyAssignment') return groupIdTarget(virtualGroups.allUsers)
  const allowed = allowedFor(draft, rules)
  const wanted: TargetKind = draft.audience === 'users' ? 'allUsers' : 'allDevices'
  const usable = ([wanted, 'allDevices', 'allUsers'] as const).find((kind) => allowed.includes(kind))
  if (usable) return { '@odata.type': usable === 'allUsers' ? allUsersType : allDevicesType }
  if (!allowed.includes('collection')) return undefined
  return { '@odata.type': collectionType, collectionId: `P01${String(random.int(100, 99_999)).padStart(5, '0')}` }
}

const allUsersType = '#microsoft.graph.allLicensedUsersAssignmentTarget'
const allDevicesType = '#microsoft.graph.allDevicesAssignmentTarget'
const collectionType = '#microsoft.graph.configurationManagerCollectionAssignmentTarget'

/** Of the enrollment configurations only the status page may go to everybody in every way. */
function allowedFor({ type }: Draft, { targets }: AssignmentRules): readonly TargetKind[] {
  if (!type.startsWith('deviceEnrollment') && type !== 'deviceComanagementAuthorityConfiguration') return targets
  return type === 'deviceEnrollmentNotificationConfiguration' ? ['group', 'allUsers'] : ['group']
}

export function groupTarget(group: SimGroup): SimTarget {
  return groupIdTarget(group.id)
}

export function groupIdTarget(groupId: string): SimTarget {
  return { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId }
}

export function exclusionTarget(group: SimGroup): SimTarget {
  return { '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget', groupId: group.id }
}

function excludedTargets(random: Random, { rules, directory }: Assignable): SimTarget[] {
  if (!rules.targets.includes('exclusion') || random.chance(0.45)) return []
  return random.sample(directory.excluded, random.int(1, 3)).map(exclusionTarget)
}

/** Narrows some targets by a filter of the policy's platform. */
export function filtered(random: Random, { rules, draft, filters }: Assignable, target: SimTarget): SimTarget {
  const id = rules.filters && random.chance(0.28) ? filterFor(random, { rules, draft, filters }) : undefined
  if (id === undefined) return target
  const mode = random.weighted({ include: 7, exclude: 3 })
  return { ...target, deviceAndAppManagementAssignmentFilterId: id, deviceAndAppManagementAssignmentFilterType: mode }
}

function filterFor(
  random: Random,
  { rules, draft, filters }: Pick<Assignable, 'rules' | 'draft' | 'filters'>,
): string | undefined {
  const { platform } = draft
  if (rules.type !== 'targetedManagedAppPolicyAssignment') return anyOf(random, filters.devices[platform])
  return platform === 'macos' || platform === 'linux' ? undefined : anyOf(random, filters.apps[platform])
}

function anyOf(random: Random, ids: readonly string[]): string | undefined {
  return ids.length === 0 ? undefined : random.pick(ids)
}

/** A group can be targeted once; the first mention counts. */
function distinct(targets: readonly SimTarget[]): SimTarget[] {
  return [
    ...new Map(targets.toReversed().map((target) => [target['groupId'] ?? target['@odata.type'], target])).values(),
  ].toReversed()
}

function cloudPcTargets(random: Random, { draft, directory }: Assignable): SimTarget[] {
  const isFrontline = String(draft.values?.['provisioningType'] ?? '').startsWith('shared')
  return random.sample(directory.cloudPc, random.int(1, 2)).map((group) => ({
    '@odata.type': '#microsoft.graph.cloudPcManagementGroupAssignmentTarget',
    groupId: group.id,
    ...(isFrontline ? frontlineAllotment(random) : {}),
  }))
}

function frontlineAllotment(random: Random): GraphObject {
  return {
    servicePlanId: '057efbfe-a95d-4263-acb0-12b4a31fed8d',
    allotmentDisplayName: `Frontline ${random.pick(['A', 'B'])}`,
    allotmentLicensesCount: random.int(2, 40),
  }
}

function extrasFor(random: Random, { type }: AssignmentRules): GraphObject {
  if (type === 'deviceHealthScriptAssignment')
    return { runRemediationScript: random.chance(0.7), runSchedule: runSchedule(random) }
  if (type === 'managedEBookAssignment') return { installIntent: random.pick(['available', 'required']) }
  if (type === 'deviceManagementResourceAccessProfileAssignment') return { intent: 'apply' }
  return {}
}

function runSchedule(random: Random): GraphObject {
  const time = `${String(random.int(0, 23)).padStart(2, '0')}:${random.pick(['00', '30'])}:00.0000000`
  const kinds = {
    daily: () => ({
      '@odata.type': '#microsoft.graph.deviceHealthScriptDailySchedule',
      interval: 1,
      time,
      useUtc: random.chance(0.2),
    }),
    hourly: () => ({
      '@odata.type': '#microsoft.graph.deviceHealthScriptHourlySchedule',
      interval: random.pick([1, 4, 8]),
    }),
    once: () => ({
      '@odata.type': '#microsoft.graph.deviceHealthScriptRunOnceSchedule',
      interval: 1,
      time,
      useUtc: false,
      date: daysAgo(random.int(-20, 60)),
    }),
  }
  return kinds[random.weighted({ daily: 7, hourly: 3, once: 1 })]()
}
