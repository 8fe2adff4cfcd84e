import type { AssignmentRules } from '../catalogue/resource-type.ts'
import type { GraphObject, SimAssignment, SimGroup, SimTarget } from '../world.ts'
import { appAssignments } from './app-assignments.ts'
import type { Draft } from './draft.ts'
import { daysAgo } from './graph-dates.ts'
import type { Random } from './random.ts'
import {
  configManagerTarget,
  everybodyTarget,
  exclusionTarget,
  filtered,
  groupIdTarget,
  groupTarget,
  targetKey,
  type Assignable,
} from './targets.ts'

type Situation = 'none' | 'everybody' | 'pilot' | 'broad' | 'several' | 'orphaned'

const situations: Readonly<Record<Situation, number>> = {
  none: 12,
  everybody: 26,
  pilot: 10,
  broad: 24,
  several: 26,
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
  const situation = situationOf(random, assignable.name)
  const included = filtered(random, assignable, includedTargets(random, assignable, situation))
  if (assignable.rules.targets.includes('collection') && random.chance(0.5)) included.push(configManagerTarget(random))
  const hasExclusions = !['none', 'pilot'].includes(situation) && random.chance(0.55)
  const targets = hasExclusions ? [...included, ...excludedTargets(random, assignable)] : included
  return [...new Map(targets.map((target) => [targetKey(target), target])).values()]
}

/** A policy whose name tells its ring is assigned to that ring. */
function situationOf(random: Random, name: string): Situation {
  if (/test|deprecated|\b(alt|old|temp)\b/i.test(name)) return random.weighted({ none: 6, pilot: 3, several: 1 })
  if (/pilot/i.test(name)) return 'pilot'
  if (/broad|prod\b/i.test(name)) return random.weighted({ broad: 6, everybody: 4 })
  return random.weighted(situations)
}

function includedTargets(random: Random, assignable: Assignable, situation: Situation): SimTarget[] {
  const { draft, directory } = assignable
  const audience = audienceOf(assignable)
  switch (situation) {
    case 'none':
      return []
    case 'everybody':
      return [everybodyTarget(random, assignable) ?? groupTarget(random.pick(audience))]
    case 'pilot':
      return directory.pilot[draft.platform].slice(0, random.int(1, 2)).map(groupTarget)
    case 'broad':
      return broadTargets(random, assignable)
    case 'several':
      return random.sample(audience, random.int(1, 4)).map(groupTarget)
    case 'orphaned':
      return [groupIdTarget(random.pick(directory.deletedGroupIds)), groupTarget(random.pick(audience))]
  }
}

function broadTargets(random: Random, { draft, directory }: Assignable): SimTarget[] {
  const pilots = random.sample(directory.pilot[draft.platform], random.int(0, 2))
  return [...pilots, ...directory.broad[draft.platform]].map(groupTarget)
}

function audienceOf({ draft, directory }: Assignable): readonly SimGroup[] {
  if (draft.kind === 'AP') return directory.autopilot
  return draft.audience === 'users' ? directory.users : directory.devices[draft.platform]
}

function excludedTargets(random: Random, { rules, draft, directory }: Assignable): SimTarget[] {
  if (!rules.targets.includes('exclusion')) return []
  return random.sample(directory.excluded[draft.platform], random.int(1, 3)).map(exclusionTarget)
}

function cloudPcTargets(random: Random, { draft, directory }: Assignable): SimTarget[] {
  const provisioningType = draft.values?.['provisioningType']
  const isFrontline = typeof provisioningType === 'string' && provisioningType.startsWith('shared')
  const groups = isFrontline ? directory.cloudPc.frontline : directory.cloudPc.enterprise
  return random.sample(groups, random.int(1, 2)).map((group) => ({
    '@odata.type': '#microsoft.graph.cloudPcManagementGroupAssignmentTarget',
    groupId: group.id,
    ...(isFrontline ? frontlineAllotment(random) : {}),
  }))
}

const frontlineServicePlan = '057efbfe-a95d-4263-acb0-12b4a31fed8d'

function frontlineAllotment(random: Random): GraphObject {
  const allotmentDisplayName = `Frontline ${random.pick(['A', 'B'])}`
  return { servicePlanId: frontlineServicePlan, allotmentDisplayName, allotmentLicensesCount: random.int(2, 40) }
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
  const schedule = (kind: string) => `#microsoft.graph.deviceHealthScript${kind}Schedule`
  const kinds = {
    daily: () => ({ '@odata.type': schedule('Daily'), interval: 1, time, useUtc: random.chance(0.2) }),
    hourly: () => ({ '@odata.type': schedule('Hourly'), interval: random.pick([1, 4, 8]) }),
    once: () => ({
      '@odata.type': schedule('RunOnce'),
      interval: 1,
      time,
      useUtc: false,
      date: daysAgo(random.int(-20, 60)),
    }),
  }
  return kinds[random.weighted({ daily: 7, hourly: 3, once: 1 })]()
}
