import { describe, expect, test } from 'vitest'
import { progressLine, progressSentence } from '#entrypoints/cli/output/progress-line.ts'

const half = { label: 'Sync', status: 'Running', processed: 250, total: 500, step: 'reading apps', elapsedMs: 5000 }

describe('progressLine()', () => {
  test('shows bar, numbers, rate, what remains and the step', () => {
    expect(progressLine(half, 120)).toBe('Sync ████████████░░░░░░░░░░░░ 250/500 · 50/s · 5.0 s left · reading apps')
  })

  test('says the status while nothing is known yet', () => {
    const waiting = { ...half, status: 'Queued', processed: 0, total: 0, step: '', elapsedMs: undefined }
    expect(progressLine(waiting, 120)).toBe('Sync · Queued')
  })

  test('never fills the last column, where a terminal would wrap', () => {
    expect(progressLine(half, 41)).toHaveLength(40)
  })

  test('promises nothing from the first moments', () => {
    expect(progressLine({ ...half, elapsedMs: 500 }, 120)).not.toContain('left')
    expect(progressLine({ ...half, processed: 1 }, 120)).not.toContain('left')
  })
})

describe('progressSentence()', () => {
  test('is a plain line for logs', () => {
    expect(progressSentence(half)).toBe('Sync · 250 of 500 items · reading apps')
  })
})
