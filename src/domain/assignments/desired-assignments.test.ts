import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { contentKey, slotKey, targetKey } from '#domain/assignments/assignment-key.ts'
import { desiredAssignments } from '#domain/assignments/desired-assignments.ts'
import type { RestoreMode, RestoreSides } from '#domain/assignments/desired-assignments.ts'
import { assignmentSet } from '#domain/assignments/hash-assignments.ts'
import { filterIds, groupIds, targetingAssignments } from '#domain/assignments/testing.ts'
import { Failure } from '#foundation/kernel/failure.ts'

const modes: readonly RestoreMode[] = ['replace', 'merge', 'removeExtra']
const [pilot = '', ring = '', kiosks = ''] = groupIds
const [laptops = ''] = filterIds

const sides = fc.record({ snapshot: targetingAssignments, live: targetingAssignments })

describe('desiredAssignments()', () => {
  it.each(modes)('never reaches anybody whom neither side reaches: %s', (mode) => {
    fc.assert(
      fc.property(sides, (both) => {
        const desired = desiredOrRefused(mode, both)
        if (desired === 'refused') return
        const strangers = everybody().filter((one) => !isReached(both.snapshot, one) && !isReached(both.live, one))
        expect(strangers.filter((one) => isReached(desired, one))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it.each(modes)('makes nothing up: every row is one of the snapshot or of live: %s', (mode) => {
    fc.assert(
      fc.property(sides, (both) => {
        const desired = desiredOrRefused(mode, both)
        if (desired === 'refused') return
        const known = new Set([...both.snapshot, ...both.live].map(contentKey))
        for (const assignment of desired) expect(known).toContain(contentKey(assignment))
      }),
    )
  })

  it.each(modes)('leaves the rows of policy sets exactly as live has them: %s', (mode) => {
    fc.assert(
      fc.property(sides, (both) => {
        const desired = desiredOrRefused(mode, both)
        if (desired === 'refused') return
        expect(desired.filter(isFromPolicySet)).toEqual(assignmentSet(both.live.filter(isFromPolicySet)).assignments)
      }),
    )
  })

  it.each(modes)('changes nothing when live is the snapshot: %s', (mode) => {
    fc.assert(
      fc.property(targetingAssignments, (same) => {
        expect(desiredAssignments(mode, { snapshot: same, live: same })).toEqual(assignmentSet(same).assignments)
      }),
    )
  })

  it.each(['replace', 'removeExtra'] as const)('refuses nothing where no policy set takes part: %s', (mode) => {
    fc.assert(
      fc.property(sides, ({ snapshot, live }) => {
        const both = { snapshot: snapshot.filter(isDirect), live: live.filter(isDirect) }
        expect(desiredOrRefused(mode, both)).not.toBe('refused')
      }),
    )
  })

  it('with replace wants exactly the direct rows of the snapshot', () => {
    fc.assert(
      fc.property(sides, (both) => {
        const desired = desiredOrRefused('replace', both)
        if (desired === 'refused') return
        expect(desired.filter(isDirect)).toEqual(assignmentSet(both.snapshot.filter(isDirect)).assignments)
      }),
    )
  })

  it('with merge keeps every row of live and adds only to free targets', () => {
    fc.assert(
      fc.property(sides, (both) => {
        const desired = desiredOrRefused('merge', both)
        if (desired === 'refused') return
        const wanted = new Set(desired.map(contentKey))
        for (const assignment of both.live) expect(wanted).toContain(contentKey(assignment))
        const taken = new Set([...desired, ...both.live].filter(isDirect).map(slotKey))
        for (const assignment of both.snapshot.filter(isDirect)) expect(taken).toContain(slotKey(assignment))
      }),
    )
  })

  it('with removeExtra adds nothing to live and leaves no extra include', () => {
    fc.assert(
      fc.property(sides, (both) => {
        const desired = desiredAssignments('removeExtra', both)
        const live = new Set(both.live.map(contentKey))
        const wanted = new Set(both.snapshot.map(targetKey))
        for (const assignment of desired) expect(live).toContain(contentKey(assignment))
        for (const assignment of desired.filter((row) => isDirect(row) && row.target.kind !== 'exclusion')) {
          expect(wanted).toContain(targetKey(assignment))
        }
      }),
    )
  })

  it('with merge leaves a target alone that live has with another filter', () => {
    const live = [include(pilot)]
    expect(desiredAssignments('merge', { snapshot: [filtered(pilot)], live })).toEqual(live)
  })

  it('with removeExtra leaves a target alone that live has with another filter', () => {
    const live = [include(pilot), include(ring)]
    expect(desiredAssignments('removeExtra', { snapshot: [filtered(pilot)], live })).toEqual([include(pilot)])
  })

  it('with removeExtra takes away an extra exclusion when what stays is the snapshot', () => {
    const both = { snapshot: [include(pilot)], live: [include(pilot), exclude(kiosks)] }
    expect(desiredAssignments('removeExtra', both)).toEqual([include(pilot)])
  })

  it('with removeExtra keeps an extra exclusion while live is wider than the snapshot', () => {
    const both = { snapshot: [filtered(pilot)], live: [include(pilot), exclude(kiosks)] }
    expect(desiredAssignments('removeExtra', both)).toEqual(assignmentSet(both.live).assignments)
  })

  it('with merge refuses to add a group when the exclusion that went with it contradicts live', () => {
    const both = { snapshot: [include(pilot), exclude(ring)], live: [filtered(ring)] }
    expect(() => desiredAssignments('merge', both)).toThrow(expect.objectContaining({ reason: 'not_applicable' }))
  })

  it('with replace refuses to drop the exclusion that keeps people out of what a policy set assigns', () => {
    const everyone: Assignment = { target: { kind: 'allUsers' }, filter: null, source: 'policySet' }
    const both = { snapshot: [include(pilot)], live: [everyone, exclude(kiosks)] }
    expect(() => desiredAssignments('replace', both)).toThrow(expect.objectContaining({ reason: 'not_applicable' }))
  })
})

interface Person {
  readonly kind: 'user' | 'device'
  readonly groups: ReadonlySet<string>
  readonly matches: ReadonlySet<string>
}

/** Every combination of memberships and matching filters: 2 × 16 × 4. */
function everybody(): Person[] {
  return (['user', 'device'] as const).flatMap((kind) =>
    subsets(groupIds).flatMap((groups) => subsets(filterIds).map((matches) => ({ kind, groups, matches }))),
  )
}

function subsets(items: readonly string[]): ReadonlySet<string>[] {
  return Array.from(
    { length: 2 ** items.length },
    (_, bits) => new Set(items.filter((_item, index) => bits & (1 << index))),
  )
}

/** Written apart from the code under test: an include reaches, an exclusion wins. */
function isReached(assignments: readonly Assignment[], person: Person): boolean {
  const isOut = assignments.some(({ target }) => target.kind === 'exclusion' && person.groups.has(target.groupId))
  return !isOut && assignments.some((assignment) => includes(assignment, person))
}

function includes({ target, filter }: Assignment, person: Person): boolean {
  if (filter && person.matches.has(filter.id) !== (filter.mode === 'include')) return false
  if (target.kind === 'group') return person.groups.has(target.groupId)
  return target.kind === (person.kind === 'user' ? 'allUsers' : 'allDevices')
}

function desiredOrRefused(mode: RestoreMode, both: RestoreSides): readonly Assignment[] | 'refused' {
  try {
    return desiredAssignments(mode, both)
  } catch (error) {
    if (error instanceof Failure && error.reason === 'not_applicable') return 'refused'
    throw error
  }
}

function include(groupId: string): Assignment {
  return { target: { kind: 'group', groupId }, filter: null, source: 'direct' }
}

function filtered(groupId: string): Assignment {
  return { ...include(groupId), filter: { id: laptops, mode: 'include' } }
}

function exclude(groupId: string): Assignment {
  return { target: { kind: 'exclusion', groupId }, filter: null, source: 'direct' }
}

function isDirect(assignment: Assignment): boolean {
  return assignment.source === 'direct'
}

function isFromPolicySet(assignment: Assignment): boolean {
  return assignment.source === 'policySet'
}
