import { describe, expect, test } from 'vitest'
import { nextAttemptMs, triesOfDelivery } from '#domain/notifications/next-attempt.ts'

const pauses = (jitter: number) =>
  Array.from({ length: triesOfDelivery }, (_, index) => nextAttemptMs(index + 1, { jitter }))

describe('nextAttemptMs()', () => {
  test('waits longer and longer, for about a day, and then gives up', () => {
    const [hour, minute] = [3_600_000, 60_000]
    const waits = [5_000, 30_000, 2 * minute, 10 * minute, hour, 6 * hour, 6 * hour, 6 * hour, 6 * hour, null]
    expect(pauses(0)).toEqual(waits)
    const total = pauses(0).reduce<number>((sum, ms) => sum + (ms ?? 0), 0)
    expect(total).toBeGreaterThan(24 * hour)
  })

  test('waits up to a fifth longer, never shorter', () => {
    expect(nextAttemptMs(1, { jitter: 0.5 })).toBe(5_500)
    expect(nextAttemptMs(1, { jitter: 0.999 })).toBeLessThanOrEqual(6_000)
  })

  test('waits as long as the receiver asked, at most a day', () => {
    expect(nextAttemptMs(1, { jitter: 0, retryAfterMs: 90_000 })).toBe(90_000)
    expect(nextAttemptMs(4, { jitter: 0, retryAfterMs: 1_000 })).toBe(600_000)
    expect(nextAttemptMs(1, { jitter: 0, retryAfterMs: 10 * 86_400_000 })).toBe(86_400_000)
  })
})
