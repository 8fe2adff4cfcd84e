import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { jitterPlace, jitterWindowMs } from '#domain/schedules/jitter.ts'

const idOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)
const day = 86_400_000

describe('jitterWindowMs()', () => {
  test('is a tenth of the interval, at most 15 minutes', () => {
    expect(jitterWindowMs(day, null)).toBe(15 * 60_000)
    expect(jitterWindowMs(3_600_000, null)).toBe(6 * 60_000)
    expect(jitterWindowMs(60_000, null)).toBe(6_000)
  })

  test('is what was asked for, never longer than the interval', () => {
    expect(jitterWindowMs(day, 3_600)).toBe(3_600_000)
    expect(jitterWindowMs(60_000, 3_600)).toBe(60_000)
    expect(jitterWindowMs(day, 0)).toBe(0)
  })
})

describe('jitterPlace()', () => {
  const schedule = idOf('schedule')
  const places = Array.from({ length: 10_000 }, (_, n) => jitterPlace(schedule, idOf(`tenant ${n}`)))

  test('spreads 10,000 tenants evenly over the 15 minutes after 02:00', () => {
    const perMinute = Array.from(
      { length: 15 },
      (_, minute) => places.filter((p) => Math.floor(p * 15) === minute).length,
    )
    for (const count of perMinute) {
      // 667 each; five standard deviations are 125.
      expect(count).toBeGreaterThan(540)
      expect(count).toBeLessThan(795)
    }
    const perSecond = new Map<number, number>()
    for (const place of places)
      perSecond.set(Math.floor(place * 900), (perSecond.get(Math.floor(place * 900)) ?? 0) + 1)
    expect(Math.max(...perSecond.values())).toBeLessThan(35)
  })

  test('is always the same, another for another schedule, and within the window', () => {
    expect(jitterPlace(schedule, idOf('tenant 1'))).toBe(places[1])
    expect(jitterPlace(idOf('another schedule'), idOf('tenant 1'))).not.toBe(places[1])
    expect(places.every((place) => place >= 0 && place < 1)).toBe(true)
  })
})
