import type { GraphObject } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

const knownRowProperties = new Set(['id', 'source', 'sourceId', 'target', 'lastModifiedDateTime', 'createdDateTime'])

const knownTargetProperties = new Set([
  'deviceAndAppManagementAssignmentFilterId',
  'deviceAndAppManagementAssignmentFilterType',
  'groupId',
  'collectionId',
  'servicePlanId',
  'allotmentDisplayName',
  'allotmentLicensesCount',
])

/** What a row carries beyond its contract; the live service returns properties the metadata does not have. */
export function unknownPropertiesOf(contract: PolicyContract, row: GraphObject): string[] {
  const known = new Set<string>([...knownRowProperties, ...contract.assignmentProperties])
  const target = typeof row['target'] === 'object' && row['target'] !== null ? row['target'] : {}
  return [...foreignKeys(row, known), ...foreignKeys(target, knownTargetProperties).map((key) => `target.${key}`)]
}

function foreignKeys(object: object, known: ReadonlySet<string>): string[] {
  return Object.keys(object).filter((key) => !key.includes('@') && !known.has(key))
}
