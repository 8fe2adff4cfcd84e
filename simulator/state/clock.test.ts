import { describe, expect, it } from 'vitest'
import { createClock } from './clock.ts'

describe('createClock()', () => {
  it('runs what becomes due when it is moved, in order of time', () => {
    const clock = createClock(() => 1000)
    const ran: string[] = []
    clock.later(120_000, () => ran.push('second'))
    clock.later(60_000, () => ran.push('first'))
    clock.later(180_000, () => ran.push('third'))
    clock.moveTo(150_000)
    expect(ran).toEqual(['first', 'second'])
    expect(clock.now()).toBe(151_000)
    clock.stop()
  })
})
