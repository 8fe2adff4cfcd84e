import { expect, test } from 'vitest'
import { groupFailures } from '#contract/failures.ts'

test('groupFailures() gathers what needs the same act, keeps the order and says what to do', () => {
  const lines = [
    { reason: 'permission_denied', message: 'no DeviceManagementApps.Read.All', count: 1 },
    { reason: 'throttled', message: 'slow down', count: 3 },
    { reason: 'permission_denied', message: 'no Group.Read.All', count: 2 },
    { reason: 'of_tomorrow', message: 'new', count: 1 },
  ]
  const groups = groupFailures(lines)
  expect(groups.map(({ reason, count }) => [reason, count])).toEqual([
    ['permission_denied', 3],
    ['throttled', 3],
    ['of_tomorrow', 1],
  ])
  expect(groups[0]?.lines.map(({ message }) => message)).toEqual([
    'no DeviceManagementApps.Read.All',
    'no Group.Read.All',
  ])
  expect(groups[0]?.next).toMatch(/admin consent/)
  expect(groups[2]?.next).toBeNull()
})
