import { describe, expect, test } from 'vitest'
import { encodings } from '../control.ts'
import type { FileReport, Leak } from './file-report.ts'
import { judge } from './search-suite.ts'

const tests = { name: 'tests', ok: true, value: '2 passed, 0 failed', goal: '0 failed' }
const report: FileReport = {
  file: 'src/a.http.test.ts',
  secrets: { password: 1 },
  answers: 3,
  tables: 40,
  bytes: 1_000,
  given: 1,
  leaks: [],
}
const leakAt = (place: string, secret: string): Leak => ({ secret, place, says: `${secret} in ${place}` })
const planted = Object.keys(encodings).flatMap((_, n) =>
  ['log', 'table users', 'GET /api/v1/me: body'].map((place) => leakAt(place, `random secret #${n}`)),
)
const control: FileReport = { ...report, file: 'faults/canaries/suite/control.canary.ts', leaks: planted }

function failed(reports: readonly FileReport[], files = 2): string[] {
  const { checks } = judge(reports, { tests, files })
  return checks.filter(({ ok }) => !ok).map(({ name }) => name)
}

describe('judge()', () => {
  test('finds nothing wrong where only the planted secrets are found', () => {
    expect(failed([report, control])).toEqual([])
  })

  test('names the file of a leak', () => {
    const leaky = { ...report, leaks: [leakAt('log', 'password #1')] }
    expect(failed([leaky, control])).toEqual(['leaks'])
    expect(judge([leaky, control], { tests, files: 2 }).leaks).toMatchObject([{ file: report.file, place: 'log' }])
  })

  test.each([
    ['a test file that was not searched', [report, control], 3, 'test files searched'],
    [
      'a planted secret that was not found',
      [report, { ...control, leaks: planted.slice(1) }],
      2,
      'secrets put somewhere',
    ],
    ['no secret', [{ ...report, secrets: {} }, control], 2, 'secrets ()'],
  ] as const)('bites: %s', (_, reports, files, name) => {
    expect(failed(reports, files)).toEqual([expect.stringContaining(name)])
  })
})
