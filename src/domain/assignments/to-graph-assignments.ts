/** From the normal form to what Graph is asked to store. What a contract cannot say is refused, never left out. */
import { odataType } from '#domain/assignments/canonical-value.ts'
import type { Assignment, AssignmentTarget } from '#domain/assignments/assignment.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { GraphObject } from '#graph/client/graph-client.ts'
import { virtualGroups } from '#graph/contracts/contract.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

/**
 * The body rows of the direct assignments; rows of policy sets are not ours to write.
 * @throws Failure `unsupported` for a target, filter, intent, settings or schedule the policy type does not take.
 */
export function toGraphAssignments(contract: PolicyContract, assignments: readonly Assignment[]): GraphObject[] {
  return assignments
    .filter((assignment) => assignment.source === 'direct')
    .map((assignment) => toGraphAssignment(contract, assignment))
}

function toGraphAssignment(contract: PolicyContract, assignment: Assignment): GraphObject {
  refuseWhatCannotBeSaid(contract, assignment)
  const { intent, settings, schedule } = assignment
  return {
    ...(contract.assignmentType === null ? {} : { '@odata.type': odataType(contract.assignmentType) }),
    target: { ...toGraphTarget(contract, assignment.target), ...toGraphFilter(assignment) },
    ...(intent === undefined ? {} : { [intentProperty(contract)]: intent }),
    ...(settings === undefined ? {} : { settings }),
    ...(schedule === undefined ? {} : { runSchedule: schedule }),
    ...remediationFlag(contract, assignment),
  }
}

function toGraphTarget(contract: PolicyContract, target: AssignmentTarget): GraphObject {
  switch (target.kind) {
    case 'group':
      return groupTarget(target.groupId)
    case 'exclusion':
      return { '@odata.type': odataType('exclusionGroupAssignmentTarget'), groupId: target.groupId }
    case 'allUsers':
      if (contract.quirks.includes('allUsersIsVirtualGroup')) return groupTarget(virtualGroups.allUsers)
      return { '@odata.type': odataType('allLicensedUsersAssignmentTarget') }
    case 'allDevices':
      return { '@odata.type': odataType('allDevicesAssignmentTarget') }
    case 'configManagerCollection':
      return {
        '@odata.type': odataType('configurationManagerCollectionAssignmentTarget'),
        collectionId: target.collectionId,
      }
    case 'cloudPcGroup': {
      const { kind: _, ...own } = target
      return { '@odata.type': odataType('cloudPcManagementGroupAssignmentTarget'), ...own }
    }
  }
}

function groupTarget(groupId: string): GraphObject {
  return { '@odata.type': odataType('groupAssignmentTarget'), groupId }
}

/** Without a filter the properties are left out: some apps refuse even an empty one, Cloud PC targets have none. */
function toGraphFilter({ filter }: Assignment): GraphObject {
  if (filter === null) return {}
  return {
    deviceAndAppManagementAssignmentFilterId: filter.id,
    deviceAndAppManagementAssignmentFilterType: filter.mode,
  }
}

/** The Intune portal always writes true, and Graph never reads it back: false would switch the remediation off. */
function remediationFlag(contract: PolicyContract, assignment: Assignment): GraphObject {
  if (!takes(contract, 'runRemediationScript') || isExclusion(assignment.target)) return {}
  return { runRemediationScript: assignment.runRemediationScript ?? true }
}

function intentProperty(contract: PolicyContract): 'intent' | 'installIntent' {
  return takes(contract, 'installIntent') ? 'installIntent' : 'intent'
}

function refuseWhatCannotBeSaid(contract: PolicyContract, assignment: Assignment): void {
  const refusal = refusals.find(({ when }) => when(contract, assignment))
  if (refusal === undefined) return
  throw new Failure('unsupported', `${contract.labelPlural} cannot be assigned ${refusal.how}.`, {
    detail: { type: contract.key, target: assignment.target.kind },
  })
}

interface Refusal {
  readonly how: string
  readonly when: (contract: PolicyContract, assignment: Assignment) => boolean
}

const refusals: readonly Refusal[] = [
  { how: 'to this kind of target', when: (contract, { target }) => !takesTarget(contract, target) },
  {
    how: 'to an excluded group with a filter',
    when: (_, { target, filter }) => filter !== null && isExclusion(target),
  },
  { how: 'with a filter', when: ({ takesFilters }, { filter }) => filter !== null && !takesFilters },
  {
    how: 'with an intent',
    when: (contract, { intent }) => intent !== undefined && !takes(contract, intentProperty(contract)),
  },
  {
    how: 'with install settings',
    when: (contract, { settings }) => settings !== undefined && !takes(contract, 'settings'),
  },
  {
    how: 'to an excluded group with install settings',
    when: (_, { target, settings }) => settings !== undefined && isExclusion(target),
  },
  {
    how: 'with a schedule',
    when: (contract, { schedule }) => schedule !== undefined && !takes(contract, 'runSchedule'),
  },
]

function takesTarget(contract: PolicyContract, target: AssignmentTarget): boolean {
  if (target.kind === 'allUsers' && contract.quirks.includes('allUsersIsVirtualGroup')) return true
  return contract.targets.includes(target.kind)
}

function takes(contract: PolicyContract, property: PolicyContract['assignmentProperties'][number]): boolean {
  return contract.assignmentProperties.includes(property)
}

function isExclusion(target: AssignmentTarget): boolean {
  return target.kind === 'exclusion'
}
