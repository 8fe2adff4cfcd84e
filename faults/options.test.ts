import { expect, test } from 'vitest'
import { readOptions } from './options.ts'
import { points } from './plan-case.ts'

test('readOptions() takes every point and two seeds unless told otherwise', () => {
  expect(readOptions([])).toEqual({ points, seeds: [1, 2], json: false })
})

test('readOptions() takes some points and one seed to replay a case', () => {
  expect(readOptions(['--points', 'run.claimed,sigterm', '--seed', '9', '--json'])).toEqual({
    points: ['run.claimed', 'sigterm'],
    seeds: [9],
    json: true,
  })
})

test.each([
  [['--points', 'restore.nowhere'], 'There is no point "restore.nowhere"'],
  [['--seeds', 'many'], '--seeds takes a whole number'],
  [['--seed', '0'], '--seed takes a whole number'],
  [['--seeds', '2', '--seed', '1'], 'give one of the two'],
  [['--loud'], '--loud'],
])('readOptions() refuses %j', (args, sentence) => {
  expect(() => readOptions(args)).toThrow(sentence)
})
