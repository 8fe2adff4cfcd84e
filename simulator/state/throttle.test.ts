import { describe, expect, it } from 'vitest'
import { defaultLimits } from './settings.ts'
import type { ThrottledRequest } from './throttle.ts'
import { createThrottle, retryAfterHeader } from './throttle.ts'

const request: ThrottledRequest = {
  tenant: 'contoso',
  app: 'reader',
  service: 'deviceConfiguration',
  isWrite: false,
  resourceUnits: 0,
  now: 0,
}

/** Takes requests one by one and counts those that pass. */
function passing(
  throttle: ReturnType<typeof createThrottle>,
  count: number,
  given: Partial<ThrottledRequest> = {},
): number {
  const waits = Array.from({ length: count }, () => throttle.take({ ...request, ...given }, defaultLimits))
  return waits.filter((wait) => wait === undefined).length
}

describe('createThrottle()', () => {
  it('lets 1,000 requests of one app through in a window, and again in the next', () => {
    const throttle = createThrottle()
    expect(passing(throttle, 1500)).toBe(1000)
    expect(passing(throttle, 10, { now: 19_999 })).toBe(0)
    expect(passing(throttle, 1500, { now: 20_000 })).toBe(1000)
  })

  it('says how long the window still lasts', () => {
    const throttle = createThrottle()
    passing(throttle, 1000)
    expect(throttle.take({ ...request, now: 12_345 }, defaultLimits)).toBe(7655)
  })

  it('lets 100 writes through, and reads beside them', () => {
    const throttle = createThrottle()
    expect(passing(throttle, 150, { isWrite: true })).toBe(100)
    expect(passing(throttle, 10)).toBe(10)
  })

  it('counts all apps of a tenant together up to 2,000', () => {
    const throttle = createThrottle()
    const apps = ['a', 'b', 'c'].map((app) => passing(throttle, 1000, { app }))
    expect(apps).toEqual([1000, 1000, 0])
  })

  it('counts tenants and services apart', () => {
    const throttle = createThrottle()
    passing(throttle, 1000)
    expect(passing(throttle, 1, { tenant: 'fabrikam' })).toBe(1)
    expect(passing(throttle, 1, { service: 'applications' })).toBe(1)
  })

  it('counts resource units of the directory', () => {
    const throttle = createThrottle()
    expect(passing(throttle, 3000, { service: 'directory', resourceUnits: 3 })).toBe(2666)
    expect(passing(throttle, 1, { service: 'directory', resourceUnits: 3, now: 10_000 })).toBe(1)
  })

  it('turns an app away until it was told to come back', () => {
    const throttle = createThrottle()
    throttle.block(request, 5000)
    expect(throttle.blockedFor({ ...request, now: 4000 })).toBe(1000)
    expect(throttle.blockedFor({ ...request, now: 4000, app: 'writer' })).toBeUndefined()
    expect(throttle.blockedFor({ ...request, now: 5000 })).toBeUndefined()
  })
})

describe('retryAfterHeader()', () => {
  it('never names a time before the wait is over', () => {
    expect(retryAfterHeader('seconds', 2001, 0)).toBe('3')
    expect(retryAfterHeader('fractional', 2128, 0)).toBe('2.128')
    expect(Date.parse(retryAfterHeader('date', 2001, 500) ?? '')).toBe(3000)
    expect(retryAfterHeader('absent', 2001, 0)).toBeUndefined()
  })
})
