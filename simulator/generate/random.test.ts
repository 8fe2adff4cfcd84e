import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, guidOf } from './random.ts'

const version4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('createRandom()', () => {
  it('gives the same numbers for the same seed, on every machine', () => {
    const numbers = Array.from({ length: 4 }, (_, index) => createRandom(`seed ${index}`).int(0, 999_999))
    expect(numbers).toEqual([55_909, 380_038, 113_137, 819_956])
  })

  it('gives GUIDs of version 4, no two alike', () => {
    const random = createRandom('guids')
    const guids = Array.from({ length: 20_000 }, () => random.guid())
    expect(guids.every((guid) => version4.test(guid))).toBe(true)
    expect(new Set(guids).size).toBe(guids.length)
  })

  it('stays within the bounds', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -50, max: 50 }), fc.nat(100), (seed, min, width) => {
        const value = createRandom(seed).int(min, min + width)
        expect(Number.isInteger(value) && value >= min && value <= min + width).toBe(true)
      }),
    )
  })

  it('samples different ones, at most as many as there are', () => {
    fc.assert(
      fc.property(fc.string(), fc.uniqueArray(fc.integer()), fc.nat(12), (seed, from, count) => {
        const sample = createRandom(seed).sample(from, count)
        expect(new Set(sample).size).toBe(Math.min(count, from.length))
        expect(sample.every((each) => from.includes(each))).toBe(true)
      }),
    )
  })

  it('picks by weight and never what weighs nothing', () => {
    const random = createRandom('weights')
    const picked = Array.from({ length: 3000 }, () => random.weighted({ often: 9, seldom: 1, never: 0 }))
    expect(picked.filter((key) => key === 'often').length).toBeGreaterThan(2500)
    expect(picked.filter((key) => key === 'seldom').length).toBeGreaterThan(200)
    expect(picked).not.toContain('never')
  })

  it('refuses to pick from nothing', () => {
    expect(() => createRandom('x').pick([])).toThrow('at least one')
    expect(() => createRandom('x').weighted({ a: 0 })).toThrow('weight above zero')
  })

  it('gives forks that do not depend on what was taken before', () => {
    const random = createRandom('fork')
    const first = random.fork('groups').unit()
    random.unit()
    expect(random.fork('groups').unit()).toBe(first)
    expect(random.fork('filters').unit()).not.toBe(first)
  })
})

describe('guidOf()', () => {
  it('gives one GUID for a text, another for another', () => {
    expect(guidOf('group Sales')).toBe(guidOf('group Sales'))
    expect(guidOf('group Sales')).not.toBe(guidOf('group sales'))
    expect(guidOf('')).toMatch(version4)
  })
})
