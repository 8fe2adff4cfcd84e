import { describe, expect, test } from 'vitest'
import { joinReports, withKept } from '#contract/audit-report.ts'
import type { AuditReport } from '#contract/audit-report.ts'

const problem = (seq: number) => ({ kind: 'changed' as const, seq, message: `Entry ${seq} was changed.` })
const signed = (seq: number) => ({ seq, at: '2026-11-28T12:00:00.000Z' })
const part = (report: Partial<AuditReport>): AuditReport => ({
  entries: 0,
  firstSeq: null,
  lastSeq: null,
  removedUpTo: 0,
  checkpoints: { checked: 0, newest: null },
  problems: [],
  problemCount: 0,
  ...report,
})

describe('joinReports()', () => {
  test('reports two parts of a log as one log', () => {
    const first = part({ entries: 5, firstSeq: 1, lastSeq: 5, checkpoints: { checked: 2, newest: signed(4) } })
    const second = part({ entries: 3, firstSeq: 6, lastSeq: 8, problems: [problem(7)], problemCount: 1 })
    expect(joinReports(first, second)).toEqual({
      entries: 8,
      firstSeq: 1,
      lastSeq: 8,
      removedUpTo: 0,
      checkpoints: { checked: 2, newest: signed(4) },
      problems: [problem(7)],
      problemCount: 1,
    })
  })

  test('takes the numbers of the part that has entries', () => {
    const filled = part({ entries: 2, firstSeq: 1, lastSeq: 2 })
    expect(joinReports(part({}), filled)).toMatchObject({ firstSeq: 1, lastSeq: 2 })
    expect(joinReports(filled, part({}))).toMatchObject({ firstSeq: 1, lastSeq: 2 })
  })

  test('counts all problems and keeps the first thousand', () => {
    const problems = Array.from({ length: 700 }, (_, index) => problem(index + 1))
    const bad = part({ problems, problemCount: 900 })
    const report = joinReports(bad, bad)
    expect(report.problems).toHaveLength(1_000)
    expect(report.problemCount).toBe(1_800)
  })
})

test('withKept() adds what was signed elsewhere, and names the newest of both', () => {
  const report = part({ entries: 2, firstSeq: 1, lastSeq: 2, checkpoints: { checked: 1, newest: signed(2) } })
  const kept = { checked: 3, newest: signed(9), problems: [problem(3)], problemCount: 1 }
  expect(withKept(report, kept)).toEqual({
    ...report,
    checkpoints: { checked: 4, newest: signed(9) },
    problems: [problem(3)],
    problemCount: 1,
  })
  expect(withKept(report, { ...kept, newest: null }).checkpoints.newest).toEqual(signed(2))
})
