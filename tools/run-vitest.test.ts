import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failuresOf, resultOf } from './run-vitest.ts'

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

test('failuresOf() names each failed test, and each file that failed outside its tests, in a line', () => {
  const root = join(import.meta.dirname, '..')
  const text = report(
    {
      name: join(root, 'src/a.test.ts'),
      status: 'failed',
      assertionResults: [
        { status: 'passed', fullName: 'holds' },
        { status: 'failed', fullName: 'a group breaks', failureMessages: ['Error: expected 1\n    to be 2'] },
      ],
    },
    { name: join(root, 'src/b.test.ts'), status: 'failed', message: 'Cannot find module', assertionResults: [] },
    { name: join(root, 'src/c.test.ts'), status: 'passed', assertionResults: [] },
  )
  expect(failuresOf(text)).toEqual([
    'src/a.test.ts > a group breaks: Error: expected 1 to be 2',
    'src/b.test.ts: Cannot find module',
  ])
})
