import { expect, test } from 'vitest'
import { checkHosts, type AttemptEvidence, type HostsEvidence, type RunEvidence } from './check-hosts.ts'

const lost: AttemptEvidence = {
  attempt: 1,
  worker: 'host-1 (12)',
  beganAt: '2026-01-01T00:00:00Z',
  endedAt: '2026-01-01T00:00:07Z',
}
const last: AttemptEvidence = {
  attempt: 2,
  worker: 'host-2 (34)',
  beganAt: '2026-01-01T00:00:07Z',
  endedAt: '2026-01-01T00:00:09Z',
}
const run: RunEvidence = {
  id: 'run',
  outcome: 'succeeded',
  attempts: 2,
  counts: { total: 2, succeeded: 2, failed: 0 },
  itemCounts: { total: 2, succeeded: 2 },
  attemptLog: [lost, last],
  endEntries: ['succeeded'],
}
const sound: HostsEvidence = {
  cutOff: 'host-1',
  cutRuns: ['run'],
  runs: [run],
  before: 'rows',
  after: 'rows',
  later: [{ ...run, id: 'later', attempts: 1, attemptLog: [] }],
  isRegisteredAnew: true,
  secondsToFinish: 9,
  exitCodes: { 'host-1': 0, 'host-2': 0 },
  leaks: [],
}

function failed(evidence: HostsEvidence): string[] {
  return checkHosts(evidence)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name)
}

test('checkHosts() finds nothing wrong with what is sound', () => {
  expect(failed(sound)).toEqual([])
})

test.each<[string, Partial<HostsEvidence>]>([
  ['in the middle of runs', { cutRuns: [] }],
  ['the others finished them', { runs: [{ ...run, attemptLog: [] }] }],
  ['the others finished them', { runs: [{ ...run, attemptLog: [lost, { ...last, worker: 'host-1 (56)' }] }] }],
  ['I1', { runs: [{ ...run, outcome: 'pending', endEntries: ['pending'] }] }],
  ['I4', { runs: [{ ...run, counts: { ...run.counts, total: 4 } }] }],
  ['I5', { runs: [{ ...run, endEntries: ['succeeded', 'succeeded'] }] }],
  ['no two attempts', { runs: [{ ...run, attemptLog: [lost, { ...last, beganAt: '2026-01-01T00:00:06Z' }] }] }],
  ['changed nothing', { after: 'other rows' }],
  ['registered anew', { isRegisteredAnew: false }],
  ['works again', { later: [] }],
  ['I7', { exitCodes: { 'host-1': 1 } }],
  ['S2', { leaks: ['client secret (plain) in log of processes'] }],
])('checkHosts() bites: %s', (name, change) => {
  expect(failed({ ...sound, ...change })).toEqual([expect.stringContaining(name)])
})
