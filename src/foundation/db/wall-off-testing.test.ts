import { expect, test } from 'vitest'
import { wallOff, withoutWorkspaceFilter } from '#foundation/db/wall-off-testing.ts'

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

test('wallOff() knows two walls', () => {
  expect(wallOff({})).toBeUndefined()
  expect(wallOff({ TENANTATLAS_TEST_WALL_OFF: 'code' })).toBe('code')
  expect(() => wallOff({ TENANTATLAS_TEST_WALL_OFF: 'both' })).toThrow('database or code')
})
