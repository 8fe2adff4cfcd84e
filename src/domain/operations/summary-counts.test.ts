import { describe, expect, test } from 'vitest'
import { countsOf } from '#domain/operations/summary-counts.ts'

const item = { key: 'a', outcome: 'failed' } as const

describe('countsOf()', () => {
  test('counts one item with its outcome when nothing is given', () => {
    expect(countsOf('inventory.sync', item).counts).toEqual({
      total: 1,
      processed: 1,
      succeeded: 0,
      failed: 1,
      skipped: 0,
    })
  })

  test('keeps keys of the catalogue beside the base keys', () => {
    const { counts, unknownKeys } = countsOf('inventory.sync', {
      ...item,
      outcome: 'succeeded',
      counts: { created: 3 },
    })
    expect(counts).toEqual({ total: 1, processed: 1, succeeded: 1, failed: 0, skipped: 0, created: 3 })
    expect(unknownKeys).toEqual([])
  })

  test('takes the base keys of an item that stands for many, and derives what is left out', () => {
    const { counts } = countsOf('inventory.sync', { ...item, counts: { succeeded: 8, failed: 1, total: 10 } })
    expect(counts).toEqual({ total: 10, processed: 9, succeeded: 8, failed: 1, skipped: 0 })
  })

  test('leaves out keys the catalogue does not list and names them', () => {
    const { counts, unknownKeys } = countsOf('inventory.sync', { ...item, counts: { conflicts: 1 } })
    expect(counts).not.toHaveProperty('conflicts')
    expect(unknownKeys).toEqual(['conflicts'])
  })

  test.each([
    { created: -1 },
    { created: 1.5 },
    { created: Number.NaN },
    { succeeded: 2, total: 1 },
    { processed: 2, succeeded: 1 },
  ])('refuses %j', (counts) => {
    expect(() => countsOf('inventory.sync', { ...item, counts })).toThrow(TypeError)
  })
})
