import type { Assignment } from '#domain/assignments/assignment.ts'
import { virtualGroups } from '#graph/contracts/contract.ts'

/** The directory groups that assignments name; "all users" and "all devices" are not in the directory. */
export function groupIdsOf(assignments: readonly Assignment[]): string[] {
  const virtual: readonly string[] = Object.values(virtualGroups)
  const ids = assignments.flatMap(({ target }) => ('groupId' in target ? [target.groupId] : []))
  return [...new Set(ids)].filter((id) => !virtual.includes(id))
}

/** The assignment filters that assignments name. */
export function filterIdsOf(assignments: readonly Assignment[]): string[] {
  return [...new Set(assignments.flatMap(({ filter }) => (filter === null ? [] : [filter.id])))]
}
