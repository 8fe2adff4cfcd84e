import { expect, test } from 'vitest'
import { resultOf } from './run-vitest.ts'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
})
const report = (...testResults: object[]) => JSON.stringify({ testResults })

test('resultOf() counts what passed, failed and was skipped', () => {
  const counted = resultOf(report(file('passed', 'passed', 'skipped'), file('failed', 'failed', 'passed')), 1)
  expect(counted).toEqual({ ok: false, passed: 2, failed: 1, skipped: 1 })
})

test('resultOf() counts a file that failed outside its tests as a failure', () => {
  expect(resultOf(report(file('failed', 'passed')), 1)).toMatchObject({ ok: false, passed: 1, failed: 1 })
})

test('resultOf() counts a run that ended badly without a report as a failure', () => {
  expect(resultOf('{}', 1)).toMatchObject({ ok: false, failed: 1 })
})
