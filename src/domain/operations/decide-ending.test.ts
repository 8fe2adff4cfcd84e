import { describe, expect, test } from 'vitest'
import { StaleClaim, type ClaimKey, type Tries } from '#domain/operations/claim.ts'
import { backoffMs, decideAfterLoss, decideEnding, type HandlerEnd } from '#domain/operations/decide-ending.ts'
import type { RunAbort } from '#domain/operations/operation.ts'
import { givenContext } from '#foundation/kernel/context-testing.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'

const firstTry: Tries = { attempt: 1, throttles: 0, handBacks: 0, maxAttempts: 3 }
const lastTry: Tries = { ...firstTry, attempt: 3 }
const returned: HandlerEnd = { did: 'return', result: {}, leftItems: false }

function decide(end: HandlerEnd, options: { abort?: RunAbort; tries?: Tries; jitter?: number } = {}) {
  const { abort, tries = firstTry, jitter = 0 } = options
  return decideEnding({ type: 'backup.capture', tries, abort, end, jitter })
}

function threw(error: unknown): HandlerEnd {
  return { did: 'throw', error }
}

function refused(reason: Reason, retryAfterMs?: number): HandlerEnd {
  return threw(new Failure(reason, 'as it is', retryAfterMs === undefined ? {} : { retryAfterMs }))
}

describe('decideEnding()', () => {
  test('finishes what returned', () => {
    expect(decide(returned)).toMatchObject({ kind: 'finish', verdict: 'returned' })
  })

  test('tries a passing problem again while tries are left, then fails', () => {
    const failure = { code: 'backup.capture_failed', reason: 'dependency_unreachable', message: 'as it is', count: 1 }
    expect(decide(refused('dependency_unreachable'))).toEqual({ kind: 'retry', delayMs: 1_000, failure })
    expect(decide(refused('dependency_unreachable'), { tries: lastTry })).toEqual({
      kind: 'finish',
      verdict: 'failed',
      result: { failures: [failure] },
    })
  })

  test('never tries again what the registry says is of no use', () => {
    expect(decide(refused('conflict'))).toMatchObject({ kind: 'finish', verdict: 'failed' })
  })

  test.each(['permission_denied', 'authentication_failed', 'missing_configuration', 'unsupported'] as const)(
    'is blocked by %s',
    (reason) => {
      expect(decide(refused(reason))).toMatchObject({ kind: 'finish', verdict: 'blocked' })
    },
  )

  test('waits as long as Graph asks, never shorter, without using up the attempt', () => {
    expect(decide(refused('throttled', 2_128), { tries: lastTry })).toMatchObject({ kind: 'throttled', delayMs: 2_128 })
    expect(decide(refused('throttled', 2_128), { jitter: 0.99 })).toMatchObject({ kind: 'throttled', delayMs: 2_339 })
    expect(decide(refused('throttled'))).toMatchObject({ kind: 'throttled', delayMs: 1_000 })
  })

  test('does not count throttled and handed-back attempts', () => {
    const tries = { attempt: 9, throttles: 4, handBacks: 3, maxAttempts: 3 }
    expect(decide(refused('incomplete_read'), { tries })).toMatchObject({ kind: 'retry' })
    expect(decide(refused('incomplete_read'), { tries: { ...tries, attempt: 10 } })).toMatchObject({ kind: 'finish' })
  })

  test('keeps the text of an unexpected error to itself', () => {
    const ending = decide(threw(new Error('password=hunter2')), { tries: lastTry })
    expect(ending).toMatchObject({
      kind: 'finish',
      verdict: 'failed',
      result: { failures: [{ reason: 'unknown_error' }] },
    })
    expect(JSON.stringify(ending)).not.toContain('hunter2')
  })

  test('drops what a stale claim did', () => {
    const key: ClaimKey = { ctx: givenContext(newId()), runId: asId('r'), attempt: 1, owner: asId('o') }
    expect(decide(threw(new StaleClaim(key)))).toEqual({ kind: 'drop' })
  })

  test.each([
    ['cancelled', { kind: 'finish', verdict: 'cancelled' }],
    ['shutdown', { kind: 'hand_back' }],
    ['deadline', { kind: 'retry', failure: { code: 'run.deadline_exceeded' } }],
    ['lease_lost', { kind: 'drop' }],
  ] as const)('after an abort for %s goes by the abort, whatever was thrown', (abort, expected) => {
    expect(decide(threw(abort), { abort })).toMatchObject(expected)
    expect(decide(refused('conflict'), { abort })).toMatchObject(expected)
  })

  test.each([
    ['cancelled', true, { kind: 'finish', verdict: 'cancelled' }],
    ['cancelled', false, { kind: 'finish', verdict: 'returned' }],
    ['shutdown', true, { kind: 'hand_back' }],
    ['shutdown', false, { kind: 'finish', verdict: 'returned' }],
    ['deadline', true, { kind: 'retry' }],
    ['deadline', false, { kind: 'finish', verdict: 'returned' }],
    ['lease_lost', true, { kind: 'finish', verdict: 'returned' }],
  ] as const)('when a handler returned after %s, items left: %s', (abort, leftItems, expected) => {
    expect(decide({ did: 'return', result: {}, leftItems }, { abort })).toMatchObject(expected)
  })
})

describe('decideAfterLoss()', () => {
  test('tries again, then fails with run.worker_lost', () => {
    expect(decideAfterLoss(firstTry, { workerGone: true, jitter: 0 })).toMatchObject({ kind: 'retry' })
    expect(decideAfterLoss(lastTry, { workerGone: true, jitter: 0 })).toMatchObject({
      kind: 'finish',
      verdict: 'failed',
      result: { failures: [{ code: 'run.worker_lost', reason: 'worker_lost' }] },
    })
  })
})

test('backoffMs() doubles from 2 s to 5 minutes, between half and whole', () => {
  expect([1, 2, 3, 8, 9, 100].map((tries) => backoffMs(tries, 0))).toEqual([
    1_000, 2_000, 4_000, 128_000, 150_000, 150_000,
  ])
  expect(backoffMs(1, 0.9999)).toBe(2_000)
})
