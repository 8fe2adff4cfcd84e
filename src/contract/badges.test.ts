import { describe, expect, test } from 'vitest'
import { badgeOf, runBadge } from '#contract/badges.ts'

describe('badgeOf()', () => {
  test('never shows success as a warning, nor the unknown as success', () => {
    expect(badgeOf('runOutcome', 'succeeded').tone).toBe('success')
    expect(badgeOf('runOutcome', 'partially_succeeded').tone).toBe('warning')
    expect(badgeOf('restoreItemState', 'unknown').tone).toBe('warning')
    expect(badgeOf('policyState', 'unread').tone).toBe('warning')
    const calm = ['fresh', 'late', 'stuck', 'of tomorrow'].map((value) => badgeOf('runFreshness', value).tone)
    expect(calm).toEqual(['neutral', 'warning', 'danger', 'neutral'])
  })

  test('shows a value of a newer version as it is, without colour', () => {
    expect(badgeOf('runOutcome', 'superseded')).toEqual({ word: 'superseded', tone: 'neutral' })
    expect(badgeOf('runOutcome', 'constructor')).toEqual({ word: 'constructor', tone: 'neutral' })
  })
})

describe('runBadge()', () => {
  test('is the status of a live run and the outcome of an ended one', () => {
    expect(runBadge({ status: 'running', outcome: 'pending' }).word).toBe('Running')
    expect(runBadge({ status: 'completed', outcome: 'blocked' }).word).toBe('Blocked')
  })
})
