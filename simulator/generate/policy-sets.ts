import { typeOf } from '../catalogue/catalogue.ts'
import type { GraphObject, SimAssignment, SimObject, SimTenant } from '../world.ts'
import { lifetime } from './graph-dates.ts'
import type { Random } from './random.ts'

/** The item type of a policy set that holds objects of a collection. */
const itemTypes: Readonly<Record<string, string>> = {
  '/deviceAppManagement/mobileApps': 'mobileAppPolicySetItem',
  '/deviceManagement/configurationPolicies': 'deviceManagementConfigurationPolicyPolicySetItem',
  '/deviceManagement/deviceConfigurations': 'deviceConfigurationPolicySetItem',
  '/deviceManagement/deviceCompliancePolicies': 'deviceCompliancePolicyPolicySetItem',
}

/** Puts policies into a policy set and gives them its assignments: rows with `source` policySets. */
export function fillPolicySet(random: Random, tenant: SimTenant, policySet: SimObject): void {
  const groups = policySet.assignments.filter(({ target }) => target['@odata.type'].endsWith('.groupAssignmentTarget'))
  for (const [collection, itemType] of Object.entries(itemTypes)) {
    const candidates = tenant.collections.get(collection)?.values().take(300)
    for (const member of random.sample(candidates ? [...candidates] : [], random.int(1, 3))) {
      policySet.sub['items']?.push(policySetItem(random, member, { collection, itemType }))
      member.assignments.push(...groups.flatMap((row) => inheritedRow(collection, member, row, policySet.id)))
    }
  }
}

function policySetItem(
  random: Random,
  member: SimObject,
  { collection, itemType }: { collection: string; itemType: string },
): GraphObject {
  const { created, modified } = lifetime(random)
  const nameProperty = typeOf(collection)?.nameProperty ?? 'displayName'
  return {
    '@odata.type': `#microsoft.graph.${itemType}`,
    id: random.guid(),
    payloadId: member.id,
    displayName: member.properties[nameProperty],
    itemType: `#microsoft.graph.${itemType.replace('PolicySetItem', '')}`,
    status: 'success',
    errorCode: 'noError',
    guidedDeploymentTags: [],
    createdDateTime: created,
    lastModifiedDateTime: modified,
  }
}

function inheritedRow(
  collection: string,
  member: SimObject,
  { target }: SimAssignment,
  sourceId: string,
): SimAssignment[] {
  if (member.assignments.some((row) => row.target['groupId'] === target['groupId'])) return []
  const intent = collection === '/deviceAppManagement/mobileApps' ? { intent: 'required' } : {}
  return [{ target, source: 'policySets', sourceId, ...intent }]
}
