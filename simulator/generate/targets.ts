import type { AssignmentRules, TargetKind } from '../catalogue/resource-type.ts'
import { virtualGroups, type SimGroup, type SimTarget } from '../world.ts'
import type { Draft } from './draft.ts'
import type { Filters } from './filters.ts'
import type { Directory } from './groups.ts'
import type { Random } from './random.ts'

/** What assignments are made from. */
export interface Assignable {
  readonly rules: AssignmentRules
  readonly draft: Draft
  readonly name: string
  readonly directory: Directory
  readonly filters: Filters
}

export const allUsersTarget: SimTarget = { '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' }
export const allDevicesTarget: SimTarget = { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' }

export function groupTarget(group: SimGroup): SimTarget {
  return groupIdTarget(group.id)
}

export function groupIdTarget(groupId: string): SimTarget {
  return { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId }
}

export function exclusionTarget(group: SimGroup): SimTarget {
  return { '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget', groupId: group.id }
}

/** What a target names: a group can be named once in a policy. */
export function targetKey(target: SimTarget): string {
  const { groupId } = target
  return typeof groupId === 'string' ? groupId : target['@odata.type']
}

/** "All users" or "All devices" in the way the type has it; undefined where it has neither. */
export function everybodyTarget(random: Random, { rules, draft }: Assignable): SimTarget | undefined {
  if (rules.type === 'targetedManagedAppPolicyAssignment') return groupIdTarget(virtualGroups.allUsers)
  const allowed = allowedFor(draft, rules)
  const wanted: TargetKind = draft.audience === 'users' ? 'allUsers' : 'allDevices'
  const usable = ([wanted, 'allDevices', 'allUsers'] as const).find((kind) => allowed.includes(kind))
  if (usable) return usable === 'allUsers' ? allUsersTarget : allDevicesTarget
  return allowed.includes('collection') ? configManagerTarget(random) : undefined
}

export function configManagerTarget(random: Random): SimTarget {
  const collectionId = `P01${String(random.int(100, 99_999)).padStart(5, '0')}`
  return { '@odata.type': '#microsoft.graph.configurationManagerCollectionAssignmentTarget', collectionId }
}

/** Of the enrollment configurations only the status page may go to everybody in every way. */
function allowedFor({ type }: Draft, { targets }: AssignmentRules): readonly TargetKind[] {
  if (!type.startsWith('deviceEnrollment') && type !== 'deviceComanagementAuthorityConfiguration') return targets
  return type === 'deviceEnrollmentNotificationConfiguration' ? ['group', 'allUsers'] : ['group']
}

/** Narrows the targets by a filter of the policy's platform: mostly none, else one filter for most of them. */
export function filtered(random: Random, assignable: Assignable, targets: readonly SimTarget[]): SimTarget[] {
  const id = assignable.rules.filters && random.chance(0.28) ? filterFor(random, assignable) : undefined
  if (id === undefined) return [...targets]
  const mode = random.weighted({ include: 7, exclude: 3 })
  const filter = { deviceAndAppManagementAssignmentFilterId: id, deviceAndAppManagementAssignmentFilterType: mode }
  return targets.map((target) => (random.chance(0.85) ? { ...target, ...filter } : target))
}

function filterFor(random: Random, { rules, draft, filters }: Assignable): string | undefined {
  const { platform } = draft
  if (rules.type !== 'targetedManagedAppPolicyAssignment') return anyOf(random, filters.devices[platform])
  return platform === 'macos' || platform === 'linux' ? undefined : anyOf(random, filters.apps[platform])
}

/** One of the ids, the first ones more often. */
function anyOf(random: Random, ids: readonly string[]): string | undefined {
  return ids[Math.floor(random.unit() ** 1.8 * ids.length)]
}
