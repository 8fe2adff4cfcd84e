import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contentKey } from '#domain/assignments/assignment-key.ts'
import { hashAssignments } from '#domain/assignments/hash-assignments.ts'
import { assignmentsOf, groupIds } from '#domain/assignments/testing.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { applyStep, isOnTheWay, nextStep } from '#domain/restore/per-target.ts'
import type { TargetStep, WriteSides } from '#domain/restore/per-target.ts'
import { contractOf } from '#graph/contracts/registry.ts'

const anySet = assignmentsOf(contractOf('windowsAutopilotDeploymentProfiles'))
const anySides: fc.Arbitrary<WriteSides> = fc.record({ before: anySet, desired: anySet })

const [pilot = '', kiosk = '', sales = ''] = groupIds
const group = (groupId: string): Assignment => ({ target: { kind: 'group', groupId }, filter: null, source: 'direct' })
const exclusion = (groupId: string): Assignment => ({
  target: { kind: 'exclusion', groupId },
  filter: null,
  source: 'direct',
})
const allDevices: Assignment = { target: { kind: 'allDevices' }, filter: null, source: 'direct' }

function walk(sides: WriteSides): { readonly steps: TargetStep[]; readonly places: (readonly Assignment[])[] } {
  const places: (readonly Assignment[])[] = [sides.before]
  const steps: TargetStep[] = []
  for (
    let step = nextStep(sides, sides.before);
    step !== null && steps.length < 50;
    step = nextStep(sides, places.at(-1) ?? [])
  ) {
    steps.push(step)
    places.push(applyStep(places.at(-1) ?? [], step))
  }
  return { steps, places }
}

const words = ({ kind, assignment: { target } }: TargetStep) =>
  `${kind} ${target.kind} ${'groupId' in target ? target.groupId[0] : ''}`.trim()
const has = (live: readonly Assignment[], wanted: Assignment) =>
  live.some((row) => contentKey(row) === contentKey(wanted))

describe('nextStep', () => {
  test('adds before it removes, exclusions first to come and last to go', () => {
    const sides = { before: [exclusion(kiosk), allDevices], desired: [group(pilot), exclusion(sales)] }
    expect(walk(sides).steps.map(words)).toEqual([
      'add exclusion 3',
      'add group 1',
      'remove allDevices',
      'remove exclusion 2',
    ])
  })

  test('takes the old target of a group away right before the new one comes', () => {
    const sides = { before: [group(pilot), group(kiosk)], desired: [exclusion(pilot), group(sales)] }
    expect(walk(sides).steps.map(words)).toEqual(['add group 3', 'remove group 1', 'add exclusion 1', 'remove group 2'])
  })

  test('leads from every set to every other', () => {
    fc.assert(
      fc.property(anySides, (sides) => {
        expect(hashAssignments(walk(sides).places.at(-1) ?? [])).toBe(hashAssignments(sides.desired))
      }),
    )
  })

  test('never lets go of what both sides share, and never leaves them', () => {
    fc.assert(
      fc.property(anySides, (sides) => {
        const shared = sides.before.filter((row) => has(sides.desired, row))
        for (const live of walk(sides).places) {
          expect(shared.every((row) => has(live, row))).toBe(true)
          expect(live.every((row) => has([...sides.before, ...sides.desired], row))).toBe(true)
        }
      }),
    )
  })

  test('leaves the rows of policy sets alone', () => {
    const fromSet: Assignment = { ...group(pilot), source: 'policySet' }
    const sides = { before: [fromSet, group(kiosk)], desired: [fromSet] }
    expect(walk(sides).steps.map(words)).toEqual(['remove group 2'])
  })
})

describe('isOnTheWay', () => {
  test('knows every place of the way as our doing', () => {
    fc.assert(
      fc.property(anySides, (sides) => {
        expect(walk(sides).places.every((live) => isOnTheWay(sides, live))).toBe(true)
      }),
    )
  })

  test('takes what neither side has, or what both had and is gone, for somebody else’s doing', () => {
    const sides = { before: [group(pilot), group(kiosk)], desired: [group(pilot)] }
    expect(isOnTheWay(sides, [group(pilot), group(kiosk), group(sales)])).toBe(false)
    expect(isOnTheWay(sides, [group(kiosk)])).toBe(false)
  })

  test('takes a removal before the additions are there for somebody else’s doing', () => {
    const sides = { before: [group(pilot)], desired: [group(kiosk), group(sales)] }
    expect(isOnTheWay(sides, [group(kiosk)])).toBe(false)
    expect(isOnTheWay(sides, [group(kiosk), group(sales)])).toBe(true)
  })

  test('takes another row from a policy set for somebody else’s doing', () => {
    const sides = { before: [group(pilot)], desired: [] }
    expect(isOnTheWay(sides, [{ ...allDevices, source: 'policySet' }])).toBe(false)
  })
})
