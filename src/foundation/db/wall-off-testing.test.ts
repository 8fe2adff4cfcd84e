import { expect, test } from 'vitest'
import { wallsOff, withoutWorkspaceFilter } from '#foundation/db/wall-off-testing.ts'

test.each([
  [
    'select 1 from "runs" where "workspace_id" = $1 and "id" = $2',
    'select 1 from "runs" where ($1::uuid is not null) and "id" = $2',
  ],
  ['where r.workspace_id = $12 order by 1', 'where ($12::uuid is not null) order by 1'],
  ['join t on t.workspace_id = r.workspace_id', 'join t on t.workspace_id = r.workspace_id'],
])('withoutWorkspaceFilter(%s)', (text, expected) => {
  expect(withoutWorkspaceFilter(text)).toBe(expected)
})

test('wallsOff() knows two walls', () => {
  expect(wallsOff({})).toEqual([])
  expect(wallsOff({ TENANTATLAS_TEST_WALL_OFF: 'code' })).toEqual(['code'])
  expect(wallsOff({ TENANTATLAS_TEST_WALL_OFF: 'both' })).toEqual(['database', 'code'])
  expect(() => wallsOff({ TENANTATLAS_TEST_WALL_OFF: 'none' })).toThrow('database, code or both')
})
