import { describe, expect, test } from 'vitest'
import { clockTime, countOf, durationWords, relativeTime, timeInZone } from '#contract/moments.ts'

const now = new Date(2026, 10, 23, 14, 30)
const minutes = (count: number) => new Date(now.getTime() + count * 60_000)

describe('relativeTime()', () => {
  test.each([
    [0, 'just now'],
    [-1, '1 minute ago'],
    [-4, '4 minutes ago'],
    [-150, '2 hours ago'],
    [-60 * 24 * 3, '3 days ago'],
    [2, 'in 2 minutes'],
    [0.5, 'in a moment'],
  ])('%d minutes from now is "%s"', (offset, words) => {
    expect(relativeTime(minutes(offset), now)).toBe(words)
  })
})

describe('durationWords()', () => {
  test.each([
    [420, '0.4 s'],
    [12_300, '12 s'],
    [185_000, '3 min 05 s'],
    [7_800_000, '2 h 10 min'],
    [-5, '0.0 s'],
  ])('%d ms is "%s"', (ms, words) => {
    expect(durationWords(ms)).toBe(words)
  })
})

describe('clockTime()', () => {
  test('names the day only when it is another one', () => {
    expect(clockTime(minutes(2), now)).toBe('14:32')
    expect(clockTime(minutes(60 * 24), now)).toBe('2026-11-24 14:30')
  })
})

describe('countOf()', () => {
  test('agrees with its number', () => {
    expect(countOf(1, 'policy', 'policies')).toBe('1 policy')
    expect(countOf(1204, 'policy', 'policies')).toBe('1,204 policies')
    expect(countOf(0, 'run')).toBe('0 runs')
  })
})

describe('timeInZone()', () => {
  test('is what the clocks there show, summer and winter', () => {
    expect(timeInZone(new Date('2026-11-28T01:00:00Z'), 'Europe/Berlin')).toBe('2026-11-28 02:00')
    expect(timeInZone(new Date('2026-06-28T22:30:00Z'), 'Europe/Berlin')).toBe('2026-06-29 00:30')
  })
})
