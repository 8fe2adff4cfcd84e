import { expect, test } from 'vitest'
import { tableOf, verdictOf } from './check.ts'

const good = { name: 'format', ok: true, value: 'clean', goal: 'clean' }
const bad = { name: 'lint', ok: false, value: 3, goal: 0 }

test('verdictOf() is ok only when every check is', () => {
  expect(verdictOf([good]).ok).toBe(true)
  expect(verdictOf([good, bad]).ok).toBe(false)
})

test('tableOf() names each check, and the failed ones loudly', () => {
  expect(tableOf([good, bad]).split('\n')).toEqual([
    '        check   value  goal',
    'ok      format  clean  clean',
    'FAILED  lint    3      0',
  ])
})
