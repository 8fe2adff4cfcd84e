import { expect, test } from 'vitest'
import { callsPerSecond, quantile, quantilesOf, takeTurns } from './measure.ts'

test('quantile() is the value below which that share lies, whatever the order', () => {
  const values = [5, 1, 4, 2, 3]
  expect(quantile(values, 0)).toBe(1)
  expect(quantile(values, 0.5)).toBe(3)
  expect(quantile(values, 1)).toBe(5)
  expect(values).toEqual([5, 1, 4, 2, 3])
})

test('quantile() of nothing is no number, so that no goal is met by it', () => {
  expect(quantile([], 0.5)).toBeNaN()
})

test('quantilesOf() lets one in a hundred be worse than p99', () => {
  const values = Array.from({ length: 200 }, (_, n) => n + 1)
  expect(quantilesOf(values)).toEqual({ p50: 101, p99: 199 })
})

test('takeTurns() calls each subject once a turn, in the same order, and leaves the warm-up out', async () => {
  const calls: string[] = []
  const call = (subject: string, turn: number) => Promise.resolve(calls.push(`${subject}${turn}`))
  const medians = await takeTurns({ n: 2, warmUp: 1 }, ['a', 'b'], call)
  expect(calls).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2'])
  expect(medians).toHaveLength(2)
  expect(medians.every((ms) => ms >= 0)).toBe(true)
})

test('callsPerSecond() keeps all callers calling, each call with a number of its own', async () => {
  const numbers: number[] = []
  let [now, most] = [0, 0]
  const call = async (n: number) => {
    numbers.push(n)
    most = Math.max(most, (now += 1))
    await Promise.resolve()
    now -= 1
  }
  expect(await callsPerSecond({ callers: 3, warmUpMs: 1, seconds: 0.01 }, call)).toBeGreaterThan(0)
  expect(most).toBe(3)
  expect(new Set(numbers).size).toBe(numbers.length)
})
