import { describe, expect, test } from 'vitest'
import { countAttempts } from '#domain/operations/count-attempts.ts'
import type { AttemptRecord, RequeueRecord } from '#domain/operations/operation.ts'

const at = '2026-01-01T00:00:00Z'
const attempt = (fence: number): AttemptRecord => {
  return { attempt: fence, worker: 'w', beganAt: at, endedAt: at, end: 'retry', failure: null, nextAt: at }
}
const requeued: RequeueRecord = { end: 'requeued', attempt: 102, known: 2, at }

describe('countAttempts()', () => {
  test('counts by the fence where it never jumped', () => {
    const counted = countAttempts(2, [attempt(1), attempt(2)])
    expect(counted).toEqual({ attempts: 2, attemptLog: [attempt(1), attempt(2)], requeuedAt: null })
  })

  test('goes on from the known attempts where the queue had lost the run', () => {
    expect(countAttempts(102, [requeued])).toEqual({ attempts: 2, attemptLog: [], requeuedAt: new Date(at) })
    const counted = countAttempts(104, [requeued, attempt(103), attempt(104)])
    expect(counted).toMatchObject({ attempts: 4, attemptLog: [{ attempt: 3 }, { attempt: 4 }] })
  })
})
