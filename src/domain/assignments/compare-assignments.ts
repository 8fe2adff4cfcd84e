/**
 * What became of a set: pure, exact per target kind ("All users" and "All devices" are different things), independent
 * of order. `applyDiff(a, compareAssignments(a, b))` is `b` for all sets.
 */
import { contentKey, targetKey } from '#domain/assignments/assignment-key.ts'
import { assignmentSet } from '#domain/assignments/hash-assignments.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'

/** The same target with another filter, intent, settings or schedule. */
export interface ChangedAssignment {
  readonly from: Assignment
  readonly to: Assignment
}

export interface AssignmentDiff {
  /** Only in the second set. */
  readonly added: readonly Assignment[]
  /** Only in the first set. */
  readonly removed: readonly Assignment[]
  readonly changed: readonly ChangedAssignment[]
  readonly unchanged: readonly Assignment[]
}

/**
 * How `found` differs from `wanted`: `added` is in `found` only, `removed` in `wanted` only. A backup against live says
 * what happened to it; live against the desired set says what a restore will do.
 */
export function compareAssignments(wanted: readonly Assignment[], found: readonly Assignment[]): AssignmentDiff {
  const before = assignmentSet(wanted).assignments
  const after = assignmentSet(found).assignments
  const [inBefore, inAfter] = [contentsOf(before), contentsOf(after)]
  const gone = before.filter((assignment) => !inAfter.has(contentKey(assignment)))
  const fresh = after.filter((assignment) => !inBefore.has(contentKey(assignment)))
  return { ...pair(gone, fresh), unchanged: before.filter((assignment) => inAfter.has(contentKey(assignment))) }
}

/** The set that a diff leads to from the set it was made of. */
export function applyDiff(assignments: readonly Assignment[], diff: AssignmentDiff): readonly Assignment[] {
  const dropped = contentsOf([...diff.removed, ...diff.changed.map(({ from }) => from)])
  const stays = assignments.filter((assignment) => !dropped.has(contentKey(assignment)))
  return assignmentSet([...stays, ...diff.added, ...diff.changed.map(({ to }) => to)]).assignments
}

export function isSame(diff: AssignmentDiff): boolean {
  return diff.added.length + diff.removed.length + diff.changed.length === 0
}

function contentsOf(assignments: readonly Assignment[]): ReadonlySet<string> {
  return new Set(assignments.map(contentKey))
}

/** Pairs rows with the same target; both lists are in canonical order, so the pairing is the same every time. */
function pair(gone: readonly Assignment[], fresh: readonly Assignment[]): Omit<AssignmentDiff, 'unchanged'> {
  const waiting = Map.groupBy(fresh, targetKey)
  const removed: Assignment[] = []
  const changed: ChangedAssignment[] = []
  for (const from of gone) {
    const to = waiting.get(targetKey(from))?.shift()
    if (to) changed.push({ from, to })
    else removed.push(from)
  }
  const left = new Set([...waiting.values()].flat())
  return { added: fresh.filter((assignment) => left.has(assignment)), removed, changed }
}
