/**
 * The set a restore wants to find afterwards, per mode:
 *
 * - `replace`: exactly the snapshot.
 * - `merge`: live, and what the snapshot has beyond it. A target that live has stays as live has it, also with another
 *   filter, intent or settings; so does a group that live targets in the other direction. Merge changes nothing that is there.
 * - `removeExtra`: live without the targets that the snapshot does not have. A target of both stays as live has it.
 *   Extra exclusions go only when nobody new is reached without them; else all exclusions of live stay.
 *
 * What always holds: nobody is reached whom neither the snapshot nor live reaches; every row is one of theirs, word for
 * word; and rows that a policy set put there are live's, whatever the snapshot says (they are never written as direct).
 */
import { contentKey, slotKey, targetKey } from '#domain/assignments/assignment-key.ts'
import { assignmentSet } from '#domain/assignments/hash-assignments.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export type RestoreMode = 'replace' | 'merge' | 'removeExtra'

export interface RestoreSides {
  readonly snapshot: readonly Assignment[]
  readonly live: readonly Assignment[]
}

/**
 * The desired set in canonical order, direct rows and live's policy-set rows: what a read-back must equal.
 * @throws Failure `not_applicable` when the mode would reach somebody whom neither set reaches.
 */
export function desiredAssignments(mode: RestoreMode, sides: RestoreSides): readonly Assignment[] {
  const desired = assignmentSet(wantedIn[mode](sides)).assignments
  if (reachesNoMore(desired, sides)) return desired
  throw new Failure(
    'not_applicable',
    `With mode ${mode} an exclusion would be missing that keeps somebody out in the backup or live: ` +
      'restore with another mode, or change the exclusion in Intune first.',
    { detail: { mode } },
  )
}

const wantedIn = {
  replace: ({ snapshot, live }) => [...snapshot.filter(isDirect), ...live.filter(isFromPolicySet)],
  merge: ({ snapshot, live }) => {
    const taken = new Set(live.filter(isDirect).map(slotKey))
    return [...live, ...snapshot.filter(isDirect).filter((assignment) => !taken.has(slotKey(assignment)))]
  },
  removeExtra: (sides) => {
    const lean = withoutExtra(sides)
    return reachesNoMore(lean, sides) ? lean : [...lean, ...sides.live.filter(isExclusion)]
  },
} satisfies Record<RestoreMode, (sides: RestoreSides) => readonly Assignment[]>

function withoutExtra({ snapshot, live }: RestoreSides): readonly Assignment[] {
  const wanted = new Set(snapshot.map(targetKey))
  return live.filter((assignment) => isFromPolicySet(assignment) || wanted.has(targetKey(assignment)))
}

/** Each include is word for word in one of the sides, together with all exclusions that side has. */
function reachesNoMore(desired: readonly Assignment[], { snapshot, live }: RestoreSides): boolean {
  const sides = [snapshot, live].filter((side) => side.filter(isExclusion).every((row) => has(desired, row)))
  return desired.every((row) => isExclusion(row) || sides.some((side) => has(side, row)))
}

function has(assignments: readonly Assignment[], wanted: Assignment): boolean {
  const key = contentKey(wanted)
  return assignments.some((assignment) => contentKey(assignment) === key)
}

function isDirect(assignment: Assignment): boolean {
  return assignment.source === 'direct'
}

function isFromPolicySet(assignment: Assignment): boolean {
  return assignment.source === 'policySet'
}

function isExclusion(assignment: Assignment): boolean {
  return assignment.target.kind === 'exclusion'
}
