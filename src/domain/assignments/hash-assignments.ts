import { sha256Hex } from '#foundation/kernel/canonical-json.ts'
import { comparedPart, contentKey } from '#domain/assignments/assignment-key.ts'
import type { Assignment, AssignmentSet } from '#domain/assignments/assignment.ts'

/** The assignments as a set: canonical order, exact duplicates once, with their hash. */
export function assignmentSet(assignments: readonly Assignment[]): AssignmentSet {
  const unique = new Map<string, Assignment>()
  for (const assignment of assignments) {
    const key = contentKey(assignment)
    const twin = unique.get(key)
    // The flag that is written but not compared: `true` says more than an absent one.
    if (!twin || assignment.runRemediationScript === true) unique.set(key, assignment)
  }
  const ordered = [...unique].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, assignment]) => assignment)
  return { assignments: ordered, hash: sha256Hex(ordered.map(comparedPart)) }
}

/** Equal exactly when both sets say the same; order and duplicates do not matter. Lower-case hexadecimal. */
export function hashAssignments(assignments: readonly Assignment[]): string {
  return assignmentSet(assignments).hash
}
