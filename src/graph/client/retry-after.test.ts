import { describe, expect, test } from 'vitest'
import { backoffMs, retryAfterMs } from '#graph/client/retry-after.ts'

const now = Date.UTC(2026, 10, 23, 12, 0, 0)
const parse = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), now)

describe('retryAfterMs()', () => {
  test.each([
    ['10', 10_000],
    ['2.128', 2_128],
    ['0.0001', 1],
    ['3600', 3_600_000],
    ['  5 ', 5_000],
  ])('retryAfterMs() of %j seconds is never less than that', (value, ms) => {
    expect(parse({ 'retry-after': value })).toBe(ms)
  })

  test('retryAfterMs() of a date is the time until then', () => {
    expect(parse({ 'retry-after': 'Mon, 23 Nov 2026 12:00:30 GMT' })).toBe(30_000)
  })

  test('retryAfterMs() of a date trusts the clock of the service and not ours', () => {
    const headers = { 'retry-after': 'Mon, 23 Nov 2026 13:00:07 GMT', date: 'Mon, 23 Nov 2026 13:00:00 GMT' }
    expect(parse(headers)).toBe(7_000)
  })

  test.each([
    ['-5'],
    ['0'],
    ['soon'],
    [''],
    ['1e3'],
    ['NaN'],
    ['2026'.repeat(90)],
    ['Mon, 23 Nov 2026 11:00:00 GMT'],
    ['1 2'],
  ])('retryAfterMs() of %j is none', (value) => {
    expect(parse({ 'retry-after': value })).toBeUndefined()
  })

  test('retryAfterMs() without the header is none', () => {
    expect(parse({})).toBeUndefined()
  })
})

describe('backoffMs()', () => {
  test('backoffMs() doubles, is capped, and uses the whole range for jitter', () => {
    expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, 0.5))).toEqual([500, 1_000, 2_000, 4_000])
    expect(backoffMs(40, 1)).toBe(30_000)
    expect(backoffMs(3, 0)).toBe(0)
  })
})
