import type { SimAssignment } from '../../simulator/world.ts'

/**
 * What a set of assignment rows says about targeting, one text per row: the checker's own reading of Graph, on purpose
 * not the product's. Rows that a policy set put there are nobody's to write.
 */
export function rowKeys(rows: readonly SimAssignment[]): ReadonlySet<string> {
  return new Set(rows.filter(({ source }) => source !== 'policySets').map(rowKey))
}

const noFilter = [undefined, null, '', '00000000-0000-0000-0000-000000000000']

function rowKey({ target, intent }: SimAssignment): string {
  const kind = target['@odata.type'].replace(/^#?microsoft\.graph\./, '')
  const { groupId, collectionId, deviceAndAppManagementAssignmentFilterId: filter } = target
  const mode = target['deviceAndAppManagementAssignmentFilterType']
  const use = noFilter.includes(filter as string | null | undefined) ? null : [filter, mode]
  return JSON.stringify([kind, groupId ?? collectionId ?? null, use, intent ?? null]).toLowerCase()
}

export function isEqual(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.symmetricDifference(b).size === 0
}
