import { describe, expect, test } from 'vitest'
import { endOf, itemStateAsSeen, stateAsSeen } from '#domain/restore/state-as-seen.ts'

const running = { state: 'running', previewOutcome: 'succeeded', runOutcome: 'pending', anyWritten: false } as const

describe('stateAsSeen', () => {
  test('is what is stored while the run goes on, and after it ended as it should', () => {
    expect(stateAsSeen(running)).toBe('running')
    expect(stateAsSeen({ ...running, state: 'completed', runOutcome: 'succeeded' })).toBe('completed')
  })

  test('follows the run when its worker was lost for good', () => {
    expect(stateAsSeen({ ...running, runOutcome: 'failed' })).toBe('failed')
    expect(stateAsSeen({ ...running, runOutcome: 'failed', anyWritten: true })).toBe('partial')
    expect(stateAsSeen({ ...running, state: 'queued', runOutcome: 'cancelled' })).toBe('cancelled')
  })

  test('says that a preview failed', () => {
    expect(stateAsSeen({ ...running, state: 'draft', previewOutcome: 'failed', runOutcome: null })).toBe('failed')
  })
})

describe('itemStateAsSeen', () => {
  test('never shows something as still to come when the restore is over', () => {
    expect(itemStateAsSeen('planned', true)).toBe('skipped')
    expect(itemStateAsSeen('sending', true)).toBe('unknown')
    expect(itemStateAsSeen('sending', false)).toBe('sending')
  })
})

describe('endOf', () => {
  test('is completed when nothing went wrong, whatever the plan left out', () => {
    expect(endOf(new Set(['verified', 'no_change', 'skipped']))).toBe('completed')
    expect(endOf(new Set())).toBe('completed')
  })

  test('is partial when something came back and something did not, failed when nothing did', () => {
    expect(endOf(new Set(['verified', 'conflict']))).toBe('partial')
    expect(endOf(new Set(['awaiting_approval']))).toBe('partial')
    expect(endOf(new Set(['conflict', 'unknown']))).toBe('failed')
  })
})
