import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyDiff, compareAssignments, isSame } from '#domain/assignments/compare-assignments.ts'
import { assignmentSet, hashAssignments } from '#domain/assignments/hash-assignments.ts'
import { anyMixedAssignments, filterIds, groupIds } from '#domain/assignments/testing.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'

const [pilot = '', ring = ''] = groupIds
const [laptops = ''] = filterIds
const toPilot: Assignment = { target: { kind: 'group', groupId: pilot }, filter: null, source: 'direct' }

describe('compareAssignments()', () => {
  it('leads from the first set to the second', () => {
    fc.assert(
      fc.property(anyMixedAssignments, anyMixedAssignments, (a, b) => {
        expect(applyDiff(a, compareAssignments(a, b))).toEqual(assignmentSet(b).assignments)
      }),
    )
  })

  it('finds nothing between a set and itself, in any order and with duplicates', () => {
    fc.assert(
      fc.property(anyMixedAssignments, (a) => {
        expect(isSame(compareAssignments(a, [...a, ...a].toReversed()))).toBe(true)
      }),
    )
  })

  it('gives the same answer whatever the order of both sets', () => {
    fc.assert(
      fc.property(anyMixedAssignments, anyMixedAssignments, (a, b) => {
        expect(compareAssignments(a.toReversed(), b.toReversed())).toEqual(compareAssignments(a, b))
      }),
    )
  })

  it('counts every assignment of both sets exactly once', () => {
    fc.assert(
      fc.property(anyMixedAssignments, anyMixedAssignments, (a, b) => {
        const { added, removed, changed, unchanged } = compareAssignments(a, b)
        expect(removed.length + changed.length + unchanged.length).toBe(assignmentSet(a).assignments.length)
        expect(added.length + changed.length + unchanged.length).toBe(assignmentSet(b).assignments.length)
      }),
    )
  })

  it('calls a target with another filter changed, not removed and added', () => {
    const filtered: Assignment = { ...toPilot, filter: { id: laptops, mode: 'include' } }
    expect(compareAssignments([toPilot], [filtered])).toEqual({
      added: [],
      removed: [],
      changed: [{ from: toPilot, to: filtered }],
      unchanged: [],
    })
  })

  it('keeps the same group with two install intents apart', () => {
    const [required, available] = (['required', 'available'] as const).map((intent) => ({ ...toPilot, intent }))
    if (!required || !available) throw new Error('unreachable')
    const diff = compareAssignments([required], [available])
    expect(diff).toMatchObject({ added: [available], removed: [required], changed: [] })
  })

  it('calls a configuration that is removed instead of applied changed', () => {
    const diff = compareAssignments([{ ...toPilot, intent: 'apply' }], [{ ...toPilot, intent: 'remove' }])
    expect(diff.changed).toHaveLength(1)
  })

  it('never takes one target kind for another', () => {
    const targets: Assignment['target'][] = [
      { kind: 'allUsers' },
      { kind: 'allDevices' },
      { kind: 'group', groupId: pilot },
      { kind: 'exclusion', groupId: pilot },
      { kind: 'group', groupId: ring },
      { kind: 'cloudPcGroup', groupId: pilot },
    ]
    for (const a of targets) {
      for (const b of targets) {
        const diff = compareAssignments([{ ...toPilot, target: a }], [{ ...toPilot, target: b }])
        expect(isSame(diff)).toBe(a === b)
        expect(diff.changed).toEqual([])
      }
    }
  })

  it('tells what a policy set put there from what is direct', () => {
    expect(isSame(compareAssignments([toPilot], [{ ...toPilot, source: 'policySet' }]))).toBe(false)
  })

  it('does not compare the remediation flag, which Graph does not read back', () => {
    expect(isSame(compareAssignments([{ ...toPilot, runRemediationScript: true }], [toPilot]))).toBe(true)
  })
})

describe('hashAssignments()', () => {
  it('is equal exactly when the sets are equal', () => {
    fc.assert(
      fc.property(anyMixedAssignments, anyMixedAssignments, (a, b) => {
        expect(hashAssignments(a) === hashAssignments(b)).toBe(isSame(compareAssignments(a, b)))
      }),
    )
  })

  it('depends neither on order, nor on duplicates, nor on the order of keys', () => {
    fc.assert(
      fc.property(anyMixedAssignments, (a) => {
        const rewritten = a.map(
          (assignment) => Object.fromEntries(Object.entries(assignment).toReversed()) as unknown as Assignment,
        )
        expect(hashAssignments([...rewritten.toReversed(), ...a])).toBe(hashAssignments(a))
      }),
    )
  })

  it('stays what it is from version to version: stored hashes must keep verifying', () => {
    expect(hashAssignments([])).toBe('4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945')
    expect(hashAssignments([{ ...toPilot, filter: { id: laptops, mode: 'exclude' }, intent: 'required' }])).toBe(
      'b6a3163a856d241a75aade01332b49d9dd4015e4ab3fcc3528fe40450484f2cb',
    )
  })
})
