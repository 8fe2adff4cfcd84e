import { describe, expect, test } from 'vitest'
import { tellEntry, type ToldEntry } from '#contract/timeline.ts'

const now = new Date(2026, 10, 28, 3, 30, 0)
const at = new Date(2026, 10, 28, 3, 0, 0)
const later = (seconds: number) => new Date(at.getTime() + seconds * 1_000)
const attempt = {
  kind: 'attempt',
  at,
  attempt: 2,
  worker: 'atlas-1 (4242)',
  endedAt: later(12),
  end: 'retry',
  failure: null,
  nextAt: null,
} as const satisfies ToldEntry

const table: readonly (readonly [string, ToldEntry])[] = [
  ['Started by Ada Moreau', { kind: 'created', at, by: 'Ada Moreau', trigger: 'user' }],
  ['Started by TenantAtlas (seed)', { kind: 'created', at, by: 'seed', trigger: 'system' }],
  ['Started by Ada Moreau (of tomorrow)', { kind: 'created', at, by: 'Ada Moreau', trigger: 'of tomorrow' }],
  ['Queued again: the queue had lost it', { kind: 'requeued', at }],
  ['Cancel asked for by Ben Ortiz', { kind: 'cancel_requested', at, by: 'Ben Ortiz' }],
  ['Cooldown overridden by Ada Moreau', { kind: 'cooldown_overridden', at, by: 'Ada Moreau', reason: 'audit today' }],
  ['Attempt 2 on atlas-1 (4242), 12 s: failed, tried again at 03:00:16', { ...attempt, nextAt: later(16) }],
  [
    'Attempt 2 on atlas-1 (4242), 12 s: Microsoft Graph asked to wait until 03:02:00',
    { ...attempt, end: 'throttled', nextAt: later(120) },
  ],
  [
    'Attempt 2 on atlas-1 (4242), 12 s: given back, its worker stopped',
    { ...attempt, end: 'hand_back', nextAt: later(12) },
  ],
  [
    'Attempt 2 on atlas-1 (4242), 12 s: its worker was lost, tried again at 03:00:12',
    { ...attempt, end: 'lost', nextAt: later(12) },
  ],
  ['Attempt 2 on atlas-1 (4242), 12 s: partially succeeded', { ...attempt, end: 'partially_succeeded' }],
  ['Attempt 2 on atlas-1 (4242): under way since 03:00:00', { ...attempt, endedAt: null, end: null }],
  ['Attempt 2, 12 s: succeeded', { ...attempt, worker: null, end: 'succeeded' }],
  ['Partially succeeded', { kind: 'ended', at, outcome: 'partially_succeeded' }],
]

describe('tellEntry()', () => {
  test.each(table)('%s', (words, entry) => {
    expect(tellEntry(entry, now).what).toBe(words)
  })

  test('says why an attempt ended, and why a cooldown was overridden', () => {
    expect(tellEntry({ ...attempt, failure: { message: 'No route to host.' } }, now).more).toBe('No route to host.')
    expect(tellEntry({ kind: 'cooldown_overridden', at, by: 'Ada', reason: 'audit today' }, now).more).toBe(
      'audit today',
    )
  })
})
