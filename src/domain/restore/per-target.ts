/**
 * Policy types without an assign action are written target by target: POST one, DELETE one. Which request comes next
 * follows from what is live alone, so a successor continues where a lost worker stopped.
 *
 * Additions come first, removals last; of two targets that live can hold only one of (a group included and excluded)
 * the old one goes right before the new one comes. So the live set always holds what both sides share, and exclusions
 * are the first to come and the last to go: nobody is reached in between whom neither side reaches.
 */
import { contentKey, slotKey } from '#domain/assignments/assignment-key.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'

export interface WriteSides {
  readonly before: readonly Assignment[]
  readonly desired: readonly Assignment[]
}

export interface TargetStep {
  readonly kind: 'add' | 'remove'
  readonly assignment: Assignment
}

/** The next request on the way from `before` to `desired` when `live` is what there is; null when it is there. */
export function nextStep(sides: WriteSides, live: readonly Assignment[]): TargetStep | null {
  const { additions, exchanges, removals } = phasesOf(sides)
  const has = membership(live)
  const lacks = (assignment: Assignment) => !has(assignment)
  const steps: readonly (TargetStep | null)[] = [
    step('add', additions.find(lacks)),
    ...exchanges.flatMap(({ old, fresh }) => [step('remove', old.find(has)), step('add', fresh.find(lacks))]),
    step('remove', removals.find(has)),
  ]
  return steps.find((next) => next !== null) ?? null
}

function step(kind: TargetStep['kind'], assignment: Assignment | undefined): TargetStep | null {
  return assignment === undefined ? null : { kind, assignment }
}

/** What is live after a step. */
export function applyStep(live: readonly Assignment[], { kind, assignment }: TargetStep): readonly Assignment[] {
  const key = contentKey(assignment)
  const others = live.filter((other) => contentKey(other) !== key)
  return kind === 'add' ? [...others, assignment] : others
}

/** Whether `live` is a place on the way from `before` to `desired`, both ends included: anything else is not our doing. */
export function isOnTheWay(sides: WriteSides, live: readonly Assignment[]): boolean {
  const direct = live.filter(isDirect)
  const { shared, additions, exchanges, removals } = phasesOf(sides)
  const has = membership(direct)
  const known = membership([...sides.before, ...sides.desired])
  const began = ({ old, fresh }: Exchange) => !old.every(has) || fresh.some(has)
  const ended = ({ old, fresh }: Exchange) => !old.some(has) && fresh.every(has)
  const clash = ({ old, fresh }: Exchange) => old.some(has) && fresh.some(has)
  if (!direct.every(known) || !shared.every(has) || !sameFromPolicySets(sides.before, live)) return false
  if (!additions.every(has) && exchanges.some(began)) return false
  if (exchanges.some(clash)) return false
  return removals.every(has) || (additions.every(has) && exchanges.every(ended))
}

/** What live can hold only one of: the old must go before the new can come. */
interface Exchange {
  readonly old: readonly Assignment[]
  readonly fresh: readonly Assignment[]
}

interface Phases {
  readonly shared: readonly Assignment[]
  readonly additions: readonly Assignment[]
  readonly exchanges: readonly Exchange[]
  readonly removals: readonly Assignment[]
}

function phasesOf({ before, desired }: WriteSides): Phases {
  const [old, wanted] = [before.filter(isDirect), desired.filter(isDirect)]
  const [isOld, isWanted] = [membership(old), membership(wanted)]
  const gone = Map.groupBy(
    old.filter((assignment) => !isWanted(assignment)),
    slotKey,
  )
  const fresh = Map.groupBy(
    wanted.filter((assignment) => !isOld(assignment)),
    slotKey,
  )
  const slots = [...gone.keys()].filter((slot) => fresh.has(slot))
  const alone = (bySlot: ReadonlyMap<string, Assignment[]>) =>
    exclusionsFirst([...bySlot].flatMap(([slot, assignments]) => (slots.includes(slot) ? [] : assignments)))
  return {
    shared: old.filter(isWanted),
    additions: alone(fresh),
    exchanges: slots.map((slot) => ({ old: gone.get(slot) ?? [], fresh: fresh.get(slot) ?? [] })),
    removals: alone(gone).toReversed(),
  }
}

function exclusionsFirst(assignments: readonly Assignment[]): readonly Assignment[] {
  return assignments.toSorted((a, b) => Number(isExclusion(b)) - Number(isExclusion(a)))
}

function sameFromPolicySets(a: readonly Assignment[], b: readonly Assignment[]): boolean {
  const keys = (assignments: readonly Assignment[]) =>
    assignments
      .filter((assignment) => !isDirect(assignment))
      .map(contentKey)
      .toSorted()
      .join('\n')
  return keys(a) === keys(b)
}

function membership(assignments: readonly Assignment[]): (assignment: Assignment) => boolean {
  const keys = new Set(assignments.map(contentKey))
  return (assignment) => keys.has(contentKey(assignment))
}

function isDirect(assignment: Assignment): boolean {
  return assignment.source === 'direct'
}

function isExclusion(assignment: Assignment): boolean {
  return assignment.target.kind === 'exclusion'
}
