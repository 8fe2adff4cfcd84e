import { expect, test } from 'vitest'
import { locked, lockfileOf } from './locked-testing.ts'
import { refreshDates } from './refresh-dates.ts'

const today = '2026-11-28'

test('refreshDates() looks up what is new, keeps what is known, and forgets what is gone', async () => {
  const asked: string[] = []
  const lookUp = async (name: string) => {
    asked.push(name)
    return { '2.0.0': '2026-11-01T23:59:59+00:00', '2.0.1': '2026-11-27T00:00:00Z' }
  }
  const known = {
    'a@1.0.0': { published: '2025-01-01', locked: '2025-02-01' },
    'gone@1.0.0': { published: '2025-01-01', locked: '2025-02-01' },
  }
  const twice = locked('b@2.0.0', { path: 'node_modules/a/node_modules/b' })
  const dates = await refreshDates(lockfileOf(locked('b@2.0.0'), twice, locked('a@1.0.0')), known, { lookUp, today })
  expect(dates).toEqual({ 'a@1.0.0': known['a@1.0.0'], 'b@2.0.0': { published: '2026-11-01', locked: today } })
  expect(asked).toEqual(['b'])
})

test('refreshDates() refuses to invent a date', async () => {
  const lookUp = async () => ({ '1.0.0': '2026-11-01T00:00:00Z' })
  await expect(refreshDates(lockfileOf(locked('a@9.9.9')), {}, { lookUp, today })).rejects.toThrow(
    'the registry knows no date of a@9.9.9',
  )
})
