import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../simulator/control.ts'
import { importsOf, readSources } from '../../tools/architecture.ts'
import { checkInvariants } from './check-invariants.ts'
import type { Evidence, Expected, ItemRow, Ledger, RunRow } from './evidence.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))

/** A request of a process, by its app, that arrived in that second. */
function request(second: number, app: string): JournalEntry {
  return { seq: second, at: at(second).toISOString(), kind: 'request', tenant: 't', app, method: 'GET', status: 200 }
}

const item: ItemRow = {
  run_id: 'r',
  item_key: 'configurationPolicies/p1',
  outcome: 'succeeded',
  attempt: 1,
  counts: { total: 1, processed: 1, succeeded: 1, failed: 0 },
  updated_at: at(2),
}

const attempts = [
  { attempt: 1, beganAt: at(1).toISOString(), endedAt: at(4).toISOString(), end: 'retry' },
  { attempt: 2, beganAt: at(5).toISOString(), endedAt: at(9).toISOString(), end: 'succeeded' },
] as const

/** Killed in its first attempt, ended by its second. */
const run: RunRow = {
  id: 'r',
  tenant_id: 't1',
  type: 'assignments.fetch',
  identity: 'ab',
  trigger: 'user',
  outcome: 'succeeded',
  attempts: 2,
  created_at: at(0),
  started_at: at(1),
  completed_at: at(9),
  cooldown_until: at(9 + 900),
  holds: true,
  summary_counts: { total: 2, processed: 2, succeeded: 2, failed: 0 },
  failure_summary: [],
  attempt_log: attempts,
  xmin: '7',
}

const laterItem: ItemRow = { ...item, item_key: 'configurationPolicies/p2', attempt: 2, updated_at: at(7) }
const entry = { run_id: 'r', action: 'run.completed', outcome: 'succeeded', at: at(9), xmin: '7' }
const notice = { run_id: 'r', event: 'run.completed', xmin: '7' }
const [firstAttempt, secondAttempt] = attempts

const ledger: Ledger = {
  runs: [run],
  liveRuns: [],
  items: [item, laterItem],
  audit: [entry],
  outbox: [notice],
  notifications: [],
}

const graph = {
  policies: ['configurationPolicies/p1', 'configurationPolicies/p2'],
  refused: [],
  items: 'policies',
} as const

const expected: Expected = {
  id: 'r',
  outcomes: ['succeeded'],
  attempts: { least: 2 },
  graph,
}

const stop = { code: 0, complaint: '', tookMs: 400, isHeld: false, isRegistered: false }
const killed = { name: 'the worker', app: 'a1', end: 'killed', mayFinish: 1 } as const
const successor = { name: 'the successor', app: 'a2', end: { code: 0, complaint: '' }, mayFinish: 1 }

const sound: Evidence = {
  journal: [request(2, 'a1'), request(3, 'a1'), request(6, 'a2'), request(7, 'a2')],
  answers: [{ start: 'first', runId: 'r', retryAt: at(9 + 900) }],
  expected: [expected],
  kept: [run],
  ledger,
  processes: [killed, successor],
  stop,
  resumedMs: 1_400,
  servedMs: [900],
  unsure: 0,
  leaseMs: 1_200,
}

const withLedger = (change: Partial<Ledger>): Partial<Evidence> => ({ ledger: { ...ledger, ...change }, kept: [] })
const withRun = (change: Partial<RunRow>) => withLedger({ runs: [{ ...run, ...change }] })
const withExpected = (change: Partial<Expected>): Partial<Evidence> => ({ expected: [{ ...expected, ...change }] })
const withJournal = (...more: JournalEntry[]): Partial<Evidence> => ({ journal: [...sound.journal, ...more] })
const withStop = (change: object): Partial<Evidence> => ({ stop: { ...stop, ...change } })
const again: RunRow = { ...run, id: 'r2', created_at: at(10), attempt_log: [], attempts: 1, started_at: at(10) }

const planted: readonly (readonly [invariant: string, what: string, change: Partial<Evidence>])[] = [
  ['I1', 'a run that never ended', withRun({ outcome: 'pending', completed_at: null })],
  ['I1', 'an acknowledged run that is lost', withLedger({ runs: [] })],
  ['I1', 'a run that failed for want of its worker', withRun({ outcome: 'failed' })],
  ['I1', 'a failure without its name', withExpected({ failureCode: 'run.worker_lost' })],
  ['I1', 'a run that nobody started', withLedger({ runs: [run, { ...again, created_at: at(2_000) }] })],
  ['I1', 'an ended run that is still queued', withLedger({ liveRuns: [{ run_id: 'r' }] })],
  [
    'I1',
    'two runs for starts that are the same',
    { answers: [...sound.answers, { start: 'first', runId: 'r2' }], ...withLedger({ runs: [run, again] }) },
  ],
  ['I1', 'one run for starts that are not the same', { answers: [...sound.answers, { start: 'second', runId: 'r' }] }],
  [
    'I1',
    'a start inside the cooldown',
    { answers: [...sound.answers, { start: 'second', runId: 'r2' }], ...withLedger({ runs: [run, again] }) },
  ],
  ['I1', 'a cooldown by a wrong clock', withRun({ cooldown_until: at(9 + 4_500) })],
  ['I1', 'a cooldown of something that does not cool down', withRun({ type: 'backup.capture' })],
  ['I1', 'an answer with a wrong cooldown', { answers: [{ start: 'first', runId: 'r', retryAt: at(20) }] }],
  ['I1', 'a run that was resumed late', { resumedMs: 6_201 }],
  ['I2', 'requests before the run was claimed', withJournal(request(-1, 'a2'), request(0, 'a2'))],
  ['I2', 'requests after the end', withJournal(request(10, 'a2'), request(11, 'a2'))],
  ['I2', 'a request of a worker that lost its run', withJournal(request(8, 'a1'))],
  [
    'I2',
    'more processes than attempts',
    { ...withRun({ attempts: 1, attempt_log: [] }), ...withExpected({ attempts: { least: 1 } }) },
  ],
  ['I2', 'an item written after the end', withLedger({ items: [{ ...item, updated_at: at(10) }, laterItem] })],
  ['I2', 'an item written by a stale attempt', withLedger({ items: [{ ...item, updated_at: at(6) }, laterItem] })],
  ['I2', 'an ended run that was done again', { kept: [{ ...run, attempts: 1 }] }],
  [
    'I4',
    'counts that were added up over attempts',
    withRun({ summary_counts: { ...run.summary_counts, succeeded: 3 } }),
  ],
  [
    'I4',
    'a policy that Graph has and the run has not',
    withExpected({
      graph: { ...graph, policies: [...graph.policies, 'configurationPolicies/p3'] },
    }),
  ],
  ['I4', 'a policy that Graph does not have', withExpected({ graph: { ...graph, policies: graph.policies.slice(1) } })],
  ['I4', 'a refused type that is not counted', withExpected({ graph: { ...graph, refused: ['intents'] } })],
  ['I4', 'an item that is still to come', withLedger({ items: [{ ...item, outcome: 'planned' }, laterItem] })],
  ['I4', 'an item of an attempt that never was', withLedger({ items: [item, { ...laterItem, attempt: 3 }] })],
  ['I4', 'an attempt too few', withExpected({ attempts: { least: 3 } })],
  ['I4', 'an attempt too many', withExpected({ attempts: { least: 1, most: 1 } })],
  ['I4', 'an attempt that is not in the log', withRun({ attempt_log: attempts.slice(1) })],
  [
    'I4',
    'attempts that overlap',
    withRun({ attempt_log: [firstAttempt, { ...secondAttempt, beganAt: at(3).toISOString() }] }),
  ],
  ['I5', 'an end without an audit entry', withLedger({ audit: [] })],
  ['I5', 'two audit entries of one end', withLedger({ audit: [...ledger.audit, ...ledger.audit] })],
  ['I5', 'an audit entry that says something else', withLedger({ audit: [{ ...entry, outcome: 'failed' }] })],
  ['I5', 'an audit entry of another transaction', withLedger({ audit: [{ ...entry, xmin: '8' }], outbox: [] })],
  ['I5', 'an end that nobody is told of', withLedger({ outbox: [] })],
  ['I5', 'an end that is told twice', withLedger({ outbox: [...ledger.outbox, ...ledger.outbox] })],
  ['I5', 'an end that was told and is to be told again', withLedger({ notifications: ledger.outbox })],
  ['I5', 'news of a run that has not ended', withRun({ outcome: 'pending', completed_at: null })],
  ['I5', 'news before the commit', withLedger({ outbox: [{ ...notice, xmin: '6' }] })],
  ['I7', 'a worker that broke down', exitOf({ code: 1, complaint: '' })],
  ['I7', 'an unhandled rejection', exitOf({ code: 0, complaint: 'Error: nobody caught this' })],
  ['I7', 'a process that died unasked', exitOf({ code: null, complaint: '' })],
  ['I7', 'a database that is back and nobody notices', { servedMs: [800, 7_001] }],
  ['I7', 'a disk that has room and nobody notices', { resumedAfterRoomMs: 30_001 }],
  ['S1', 'an exit code', withStop({ code: 1 })],
  ['S1', 'a slow exit', withStop({ tookMs: 10_001 })],
  ['S1', 'a run that was kept', withStop({ isHeld: true })],
  ['S1', 'a lease that was kept', withStop({ isRegistered: true })],
]

function exitOf(end: { code: number | null; complaint: string }): Partial<Evidence> {
  return { processes: [killed, { ...successor, end }] }
}

describe('checkInvariants()', () => {
  test('finds nothing where everything holds', () => {
    expect(checkInvariants(sound)).toEqual([])
  })

  test('lets a worker that wakes finish the request it was at', () => {
    const woken = { name: 'the worker', app: 'a1', end: { code: 0, complaint: '' }, mayFinish: 1 }
    const evidence = { ...sound, processes: [woken, successor], ...withJournal(request(8, 'a1')) }
    expect(checkInvariants(evidence)).toEqual([])
    expect(checkInvariants({ ...evidence, journal: [...evidence.journal, request(9, 'a1')] })).not.toEqual([])
  })

  test.each(planted)('finds, as %s, %s', (invariant, _, change) => {
    expect(checkInvariants({ ...sound, ...change }).map((violation) => violation.invariant)).toContain(invariant)
  })

  test('knows nothing of the product', async () => {
    const sources = await readSources(join(import.meta.dirname, '../..'))
    const reached = new Set(['faults/runs/check-invariants.ts'])
    // A set also visits what is added to it on the way.
    for (const path of reached)
      for (const source of sources.filter((one) => one.path === path))
        importsOf(source).forEach((one) => reached.add(one))
    expect(reached.size).toBeGreaterThan(5)
    expect([...reached].filter((path) => path.startsWith('src/'))).toEqual([])
  })
})
