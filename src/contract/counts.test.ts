import { describe, expect, test } from 'vitest'
import { countWords, orderedCounts } from '#contract/counts.ts'

const counts = { unchanged: 4, failed: 2, total: 12, awaiting_approval: 1, processed: 10, skipped: 0, succeeded: 8 }

describe('orderedCounts()', () => {
  test('puts the base keys first and the others by name, whatever the order they were stored in', () => {
    expect(orderedCounts(counts).map(([key]) => key)).toEqual([
      'total',
      'processed',
      'succeeded',
      'failed',
      'skipped',
      'awaiting_approval',
      'unchanged',
    ])
  })
})

describe('countWords()', () => {
  test('leaves out what is zero', () => {
    expect(countWords(counts)).toBe('10 of 12 items, 2 failed, 1 awaiting approval, 4 unchanged')
  })

  test('says nothing of a run that counted nothing', () => {
    expect(countWords({ total: 0, processed: 0 })).toBe('')
  })

  test('says one conflict and two conflicts', () => {
    expect(countWords({ total: 1, processed: 1, conflicts: 1 })).toBe('1 of 1 item, 1 conflict')
    expect(countWords({ total: 2, processed: 2, conflicts: 2 })).toBe('2 of 2 items, 2 conflicts')
  })
})
