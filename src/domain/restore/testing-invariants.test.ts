import { describe, expect, test } from 'vitest'
import { groupRow } from '#domain/restore/testing-rows.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { violations } from '#domain/restore/testing-invariants.ts'
import type { Evidence, LedgerItem, WitnessedChange } from '#domain/restore/testing-invariants.ts'
import { contractOf } from '#graph/contracts/registry.ts'

const ids = ['1', '2', '3'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`)
const [a = '', b = '', c = ''] = ids
const rows = (...groups: string[]) => groups.map((groupId) => ({ ...groupRow(groupId) }))
const set = (...groups: string[]): Assignment[] =>
  groups.map((groupId) => ({ target: { kind: 'group', groupId }, filter: null, source: 'direct' }))

const whole: LedgerItem = {
  id: 'i1',
  type: 'configurationPolicies',
  graphId: 'p1',
  state: 'verified',
  preview: set(a),
  desired: set(b),
}
const perTarget: LedgerItem = {
  id: 'i2',
  type: 'termsAndConditions',
  graphId: 'p2',
  state: 'verified',
  preview: set(a, b),
  desired: set(b, c),
}

function change({ type, graphId }: LedgerItem, before: string[], after: string[]): WitnessedChange {
  return { collection: contractOf(type).collection, id: graphId, before: rows(...before), after: rows(...after) }
}

const sound: Evidence = {
  writes: [{ clientRequestId: 'x' }, { clientRequestId: 'y' }, { clientRequestId: 'z' }],
  sends: [
    { clientRequestId: 'x', itemId: 'i1' },
    { clientRequestId: 'y', itemId: 'i2' },
    { clientRequestId: 'z', itemId: 'i2' },
  ],
  changes: [change(whole, [a], [b]), change(perTarget, [a, b], [a, b, c]), change(perTarget, [a, b, c], [b, c])],
  items: [whole, perTarget],
  run: {
    status: 'completed',
    outcome: 'succeeded',
    counts: { total: 2, processed: 2, succeeded: 2, failed: 0, skipped: 0, changed: 2 },
  },
  audit: [
    { action: 'run.completed', subject: 'r' },
    { action: 'assignments.write', subject: 'configurationPolicies/p1' },
    { action: 'assignments.write', subject: 'termsAndConditions/p2' },
  ],
}

describe('violations()', () => {
  test('finds none where there are none', () => {
    expect(violations(sound)).toEqual([])
  })

  test.each([
    ['I1', 'a run that did not end', { run: { ...sound.run, status: 'running' as const } }],
    ['I1', 'an item that is still being sent', { items: [{ ...whole, state: 'sending' as const }, perTarget] }],
    ['I2', 'a write without an intent', { writes: [...sound.writes, { clientRequestId: 'unknown' }] }],
    ['I2', 'a change outside the plan', { changes: [...sound.changes, { ...change(whole, [a], [b]), id: 'p9' }] }],
    [
      'I2',
      'a second effective write',
      { changes: [...sound.changes, change(whole, [b], [a]), change(whole, [a], [b])] },
    ],
    ['I3', 'a set that is neither before nor after', { changes: [change(whole, [a], [c]), change(whole, [c], [b])] }],
    [
      'I3',
      'a shared target that was lost on the way',
      { changes: [change(perTarget, [a, b], [a]), change(perTarget, [a], [b, c])] },
    ],
    ['I4', 'counts that are not the ledger', { run: { ...sound.run, counts: { ...sound.run.counts, changed: 3 } } }],
    ['I5', 'a second audit entry of the end', { audit: [...sound.audit, { action: 'run.completed', subject: 'r' }] }],
    ['I5', 'a write without an audit entry', { audit: sound.audit.slice(0, 2) }],
    ['I8', 'a policy that is verified and not equal', { changes: sound.changes.slice(0, 2) }],
  ])('%s: finds %s', (name, _, planted: Partial<Evidence>) => {
    expect(violations({ ...sound, ...planted }).join('\n')).toContain(`${name}:`)
  })
})
