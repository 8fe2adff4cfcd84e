import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../simulator/control.ts'
import type { SimAssignment } from '../../simulator/world.ts'
import { importsOf, readSources } from '../../tools/architecture.ts'
import { checkInvariants } from './check-invariants.ts'
import type { Evidence, Ledger, SendRow, WitnessedPolicy } from './evidence.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))
const rows = (...groups: string[]): SimAssignment[] =>
  groups.map((groupId) => ({ target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId } }))

const whole: WitnessedPolicy = {
  type: 'configurationPolicies',
  collection: '/deviceManagement/configurationPolicies',
  id: 'p1',
  isPerTarget: false,
  desired: rows('a', 'b'),
  before: rows('c'),
  live: rows('a', 'b'),
}
const listed: WitnessedPolicy = {
  type: 'termsAndConditions',
  collection: '/deviceManagement/termsAndConditions',
  id: 'p2',
  isPerTarget: true,
  desired: rows('a', 'b'),
  before: rows('a', 'c'),
  live: rows('a', 'b'),
}

/** A write that arrived in that second, and the change it made. */
function write(second: number, name: string, policy: WitnessedPolicy, [before, after]: SimAssignment[][]) {
  const { collection, id } = policy
  const call = { tenant: 't', app: 'writer', method: 'POST', path: `/beta${collection}/${id}/assign` }
  const entry = { ...call, at: at(second).toISOString(), requestId: name, clientRequestId: name }
  const change = { action: 'setAssignments', collection, id, before, after, source: 'graph' } as const
  return [
    { ...entry, seq: second * 10, kind: 'change', change },
    { ...entry, seq: second * 10 + 1, kind: 'request', status: 200 },
  ] satisfies JournalEntry[]
}

const send = (second: number, name: string, item: string, fence: number): SendRow => ({
  client_request_id: name,
  restore_item_id: item,
  run_id: 'r',
  fence,
  intent_at: at(second),
})

const counts = { total: 2, processed: 2, succeeded: 2, failed: 0, skipped: 0, changed: 2 }
const oneDone = { total: 1, processed: 1, succeeded: 1, failed: 0, skipped: 0, changed: 1 }
const item = { run_id: 'r', outcome: 'succeeded', attempt: 1, counts: oneDone }

const first = write(2, 'w1', whole, [rows('c'), rows('a', 'b')])
const second = write(4, 'w2', listed, [rows('a', 'c'), rows('a', 'c', 'b')])
const third = write(6, 'w3', listed, [rows('a', 'c', 'b'), rows('a', 'b')])

const ledger: Ledger = {
  runs: [
    {
      id: 'r',
      type: 'assignments.restore',
      outcome: 'succeeded',
      attempts: 2,
      completed_at: at(9),
      summary_counts: counts,
    },
  ],
  liveRuns: [],
  runItems: [
    { ...item, item_key: 'configurationPolicies/p1' },
    { ...item, item_key: 'termsAndConditions/p2', attempt: 2 },
  ],
  restoreItems: [
    { id: 'i1', type: 'configurationPolicies', graph_id: 'p1', state: 'verified' },
    { id: 'i2', type: 'termsAndConditions', graph_id: 'p2', state: 'verified' },
  ],
  sends: [send(1, 'w1', 'i1', 1), send(3, 'w2', 'i2', 1), send(5, 'w3', 'i2', 2)],
  audit: [
    { run_id: 'r', action: 'run.completed', subject_id: 'r', outcome: 'succeeded' },
    { run_id: 'r', action: 'assignments.write', subject_id: 'configurationPolicies/p1', outcome: 'verified' },
    { run_id: 'r', action: 'assignments.write', subject_id: 'termsAndConditions/p2', outcome: 'verified' },
  ],
}

const stop = { code: 0, tookMs: 400, complaint: '', isHeld: false, isRegistered: false }

const sound: Evidence = {
  policies: [whole, listed],
  journal: [...first, ...second, ...third],
  acknowledged: [{ id: 'r', act: 'restore', outcome: 'succeeded' }],
  ledger,
  successor: { code: 0, complaint: '' },
  woken: { code: 0, complaint: '' },
  stop,
}

const withLedger = (change: Partial<Ledger>): Partial<Evidence> => ({ ledger: { ...ledger, ...change } })
const withRun = (change: object): Partial<Evidence> =>
  withLedger({ runs: ledger.runs.map((run) => ({ ...run, ...change })) })
const withStop = (change: Partial<typeof stop>): Partial<Evidence> => ({ stop: { ...stop, ...change } })

const planted: readonly (readonly [invariant: string, what: string, change: Partial<Evidence>])[] = [
  ['I1', 'a run that never ended', withRun({ outcome: 'pending', completed_at: null })],
  ['I1', 'a run that is lost', withLedger({ runs: [] })],
  ['I1', 'a run that failed for want of its worker', withRun({ outcome: 'failed' })],
  [
    'I1',
    'a second run of the same start',
    withLedger({ runs: ledger.runs.flatMap((run) => [run, { ...run, id: 'r2' }]) }),
  ],
  ['I1', 'an ended run that is still queued', withLedger({ liveRuns: [{ run_id: 'r' }] })],
  [
    'I1',
    'a policy that is left sending',
    withLedger({ restoreItems: ledger.restoreItems.map((one) => ({ ...one, state: 'sending' })) }),
  ],
  ['I1', 'a policy that fell out of the plan', withLedger({ restoreItems: ledger.restoreItems.slice(0, 1) })],
  ['I2', 'a write without an intent', withLedger({ sends: ledger.sends.slice(0, 2) })],
  ['I2', 'a write that arrived before its intent', withLedger({ sends: ledger.sends.with(0, send(3, 'w1', 'i1', 1)) })],
  ['I2', 'a write of another run', withLedger({ sends: ledger.sends.map((one) => ({ ...one, run_id: 'q' })) })],
  [
    'I2',
    'a write resent without looking',
    {
      journal: [...sound.journal, ...write(8, 'w4', whole, [rows('a', 'b'), rows('b', 'a')])],
      ...withLedger({ sends: [...ledger.sends, send(7, 'w4', 'i1', 2)] }),
    },
  ],
  [
    'I2',
    'a write resent that Graph refused',
    {
      journal: [...sound.journal, ...write(8, 'w4', listed, [[], []]).slice(1)],
      ...withLedger({ sends: [...ledger.sends, send(7, 'w4', 'i2', 2)] }),
    },
  ],
  ['I2', 'a write under a stale fence', withLedger({ sends: ledger.sends.with(1, send(3, 'w2', 'i2', 3)) })],
  [
    'I2',
    'a second effective write of a policy',
    {
      journal: [
        ...first,
        ...write(3, 'w5', whole, [rows('a', 'b'), rows('c')]),
        ...write(3, 'w6', whole, [rows('c'), rows('a', 'b')]),
        ...second,
        ...third,
      ],
      ...withLedger({ sends: [...ledger.sends, send(2, 'w5', 'i1', 1), send(2, 'w6', 'i1', 1)] }),
    },
  ],
  [
    'I2',
    'a target that was added twice',
    {
      journal: [...first, ...second, ...write(5, 'w7', listed, [rows('a', 'c', 'b'), rows('a', 'c')]), ...third],
      ...withLedger({ sends: [...ledger.sends, send(5, 'w7', 'i2', 1)] }),
    },
  ],
  ['I2', 'a change outside the plan', { policies: [listed] }],
  [
    'I2',
    'a change by a request without an intent',
    { journal: [...sound.journal, ...write(8, 'w8', whole, [[], []]).slice(0, 1)] },
  ],
  [
    'I3',
    'a set that is neither before nor after',
    { journal: [...write(2, 'w1', whole, [rows('c'), rows('a')]), ...second, ...third] },
  ],
  [
    'I3',
    'a shared target that was lost on the way',
    { journal: [...first, ...write(4, 'w2', listed, [rows('a', 'c'), rows('c')]), ...third] },
  ],
  [
    'I3',
    'a target that neither side has',
    { journal: [...first, ...write(4, 'w2', listed, [rows('a', 'c'), rows('a', 'c', 'd')]), ...third] },
  ],
  ['I3', 'a set at the end that no request made', { policies: [{ ...whole, live: rows('d') }, listed] }],
  ['I4', 'counts that were added up over attempts', withRun({ summary_counts: { ...counts, changed: 3 } })],
  [
    'I4',
    'items that do not say what became of the policies',
    {
      ledger: {
        ...ledger,
        runs: ledger.runs.map((run) => ({ ...run, summary_counts: oneDone })),
        runItems: ledger.runItems.slice(0, 1),
      },
    },
  ],
  [
    'I4',
    'a preview that counts twice what it began twice',
    {
      acknowledged: [...sound.acknowledged, { id: 'v', act: 'preview', outcome: 'succeeded' }],
      ledger: {
        ...ledger,
        runs: ledger.runs.flatMap((run) => [
          run,
          { ...run, id: 'v', type: 'restore.preview', summary_counts: { total: 4 } },
        ]),
        runItems: [...ledger.runItems, { ...item, run_id: 'v', item_key: 'a', counts: { total: 4 } }],
      },
    },
  ],
  [
    'I4',
    'an item that is still planned',
    withLedger({ runItems: ledger.runItems.map((one) => ({ ...one, outcome: 'planned' })) }),
  ],
  ['I4', 'an item of an attempt that never was', withRun({ attempts: 1 })],
  ['I5', 'an end without an audit entry', withLedger({ audit: ledger.audit.slice(1) })],
  ['I5', 'two audit entries of one end', withLedger({ audit: [...ledger.audit, ...ledger.audit.slice(0, 1)] })],
  [
    'I5',
    'an audit entry that says something else',
    withLedger({ audit: ledger.audit.map((entry) => ({ ...entry, outcome: 'failed' })) }),
  ],
  ['I5', 'a written policy without an audit entry', withLedger({ audit: ledger.audit.slice(0, 2) })],
  ['I7', 'a worker that broke down', { successor: { code: 1, complaint: '' } }],
  ['I7', 'an unhandled rejection', { successor: { code: 0, complaint: 'Error: nobody caught this' } }],
  ['I7', 'a worker that did not get over coming too late', { woken: { code: 1, complaint: '' } }],
  ['I8', 'a success that is not there', { policies: [{ ...whole, live: rows('c') }, listed] }],
  [
    'I8',
    'a verified policy that is not as wanted',
    {
      policies: [whole, { ...listed, live: rows('a', 'b', 'c') }],
      ...withRun({ outcome: 'partially_succeeded' }),
    },
  ],
  ['S1', 'an exit code', withStop({ code: 1 })],
  ['S1', 'a slow exit', withStop({ tookMs: 10_001 })],
  ['S1', 'a run that was kept', withStop({ isHeld: true })],
  ['S1', 'a lease that was kept', withStop({ isRegistered: true })],
]

describe('checkInvariants()', () => {
  test('finds nothing where everything holds', () => {
    expect(checkInvariants(sound)).toEqual([])
  })

  test('reads other spellings of the same set as the same', () => {
    const emptyFilter = {
      deviceAndAppManagementAssignmentFilterId: '00000000-0000-0000-0000-000000000000',
      deviceAndAppManagementAssignmentFilterType: 'none',
    }
    const respelled = rows('B', 'A').map((row, n) => ({ id: `p1_${n}`, target: { ...row.target, ...emptyFilter } }))
    expect(checkInvariants({ ...sound, policies: [{ ...whole, live: respelled }, listed] })).toEqual([])
  })

  test.each(planted)('finds, as %s, %s', (invariant, _, change) => {
    expect(checkInvariants({ ...sound, ...change }).map((violation) => violation.invariant)).toContain(invariant)
  })

  test('knows nothing of the product', async () => {
    const sources = await readSources(join(import.meta.dirname, '../..'))
    const reached = new Set(['faults/restore/check-invariants.ts'])
    // A set also visits what is added to it on the way.
    for (const path of reached)
      for (const source of sources.filter((one) => one.path === path))
        importsOf(source).forEach((one) => reached.add(one))
    expect(reached.size).toBeGreaterThan(5)
    expect([...reached].filter((path) => path.startsWith('src/'))).toEqual([])
  })
})
