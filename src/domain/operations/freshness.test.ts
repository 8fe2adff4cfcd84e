import { describe, expect, test } from 'vitest'
import { catalog, operationTypes } from '#domain/operations/catalog.ts'
import {
  type FreshnessFacts,
  freshnessOf,
  lateAfterMs,
  lateBehindOthersMs,
  muchLonger,
  stuckAfterMs,
} from '#domain/operations/freshness.ts'

const now = new Date('2026-11-28T03:00:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms)
const ahead = (ms: number) => ago(-ms)

const queued: FreshnessFacts = {
  type: 'inventory.sync',
  status: 'queued',
  runAt: ago(0),
  throttledUntil: null,
  isHeld: false,
  isLaneBusy: false,
  hasWorkers: true,
  leasedAt: null,
  deadlineAt: null,
  leaseUntil: null,
}
const running: FreshnessFacts = {
  ...queued,
  status: 'running',
  runAt: null,
  leasedAt: ago(10_000),
  deadlineAt: ahead(3_600_000),
  leaseUntil: ahead(10_000),
}
const usualMs = catalog['inventory.sync'].expectedSeconds * 1_000

const table: readonly (readonly [fact: string, run: FreshnessFacts, expected: string | null])[] = [
  ['is nothing for a run that has ended', { ...queued, status: 'completed', runAt: ago(stuckAfterMs * 9) }, null],

  ['is fresh when it was just queued', queued, 'fresh'],
  ['is fresh when it may start later', { ...queued, runAt: ahead(stuckAfterMs) }, 'fresh'],
  ['is fresh up to a minute', { ...queued, runAt: ago(lateAfterMs) }, 'fresh'],
  [
    'is late when workers are alive and its lane is idle',
    { ...queued, runAt: ago(lateAfterMs + 1) },
    'late workers_busy',
  ],
  ['is stuck when nobody takes it for long', { ...queued, runAt: ago(stuckAfterMs + 1) }, 'stuck not_taken'],
  [
    'is stuck when no worker is there',
    { ...queued, runAt: ago(lateAfterMs + 1), hasWorkers: false },
    'stuck no_worker',
  ],
  ['is fresh without a worker that may just be starting', { ...queued, hasWorkers: false }, 'fresh'],
  ['is fresh behind others of its tenant', { ...queued, runAt: ago(lateBehindOthersMs), isLaneBusy: true }, 'fresh'],
  [
    'is late long behind others of its tenant',
    { ...queued, runAt: ago(lateBehindOthersMs + 1), isLaneBusy: true },
    'late lane_busy',
  ],
  [
    'is never stuck behind others of its tenant',
    { ...queued, runAt: ago(stuckAfterMs * 9), isLaneBusy: true },
    'late lane_busy',
  ],
  ['is fresh while somebody holds it back', { ...queued, runAt: ago(stuckAfterMs * 9), isHeld: true }, 'fresh'],
  [
    'is fresh while Microsoft Graph asked to wait',
    { ...queued, runAt: ago(stuckAfterMs * 9), throttledUntil: ahead(1) },
    'fresh',
  ],
  [
    'is counted from the end of that wait',
    { ...queued, runAt: ago(stuckAfterMs * 9), throttledUntil: ago(lateAfterMs + 1) },
    'late workers_busy',
  ],

  ['is fresh while it runs as usual', running, 'fresh'],
  ['is fresh up to much longer than usual', { ...running, leasedAt: ago(usualMs * muchLonger) }, 'fresh'],
  ['is late when it takes much longer', { ...running, leasedAt: ago(usualMs * muchLonger + 1) }, 'late takes_long'],
  ['is stuck past its limit', { ...running, deadlineAt: ago(1) }, 'stuck past_limit'],
  ['is stuck when the lease of its worker is over', { ...running, leaseUntil: ago(1) }, 'stuck worker_silent'],
  ['is stuck when its worker is gone', { ...running, leaseUntil: null }, 'stuck worker_silent'],
  [
    'is fresh however long an operation runs that it does not know',
    { ...running, type: 'of.tomorrow', leasedAt: ago(stuckAfterMs * 99) },
    'fresh',
  ],
]

describe('freshnessOf()', () => {
  test.each(table)('%s', (_fact, run, expected) => {
    const found = freshnessOf(run, now)
    expect(found && [found.state, ...('why' in found ? [found.why] : [])].join(' ')).toBe(expected)
  })

  test.each(operationTypes)('lets %s be late before it is past its limit', (type) => {
    const { expectedSeconds, limitMinutes } = catalog[type]
    expect(expectedSeconds * muchLonger).toBeLessThan(limitMinutes * 60)
  })
})
