import { expect, test } from 'vitest'
import { plants } from './plants.ts'
import { readProveOptions } from './prove-options.ts'

test('readProveOptions() takes every plant unless told otherwise', () => {
  expect(readProveOptions([])).toEqual({ plants, json: false })
})

test('readProveOptions() takes some plants by their names', () => {
  const { plants: chosen, json } = readProveOptions(['--plants', 'unchecked-fence, idle-heartbeat', '--json'])
  expect(chosen.map(({ bug }) => bug)).toEqual(['fence not checked', 'heartbeat without renewal'])
  expect(json).toBe(true)
})

test.each([
  [['--plants', 'no-fence'], 'There is no plant "no-fence"; there are: application-clock'],
  [['--plants', ''], 'There is no plant ""'],
  [['--loud'], '--loud'],
])('readProveOptions() refuses %j', (args, sentence) => {
  expect(() => readProveOptions(args)).toThrow(sentence)
})
