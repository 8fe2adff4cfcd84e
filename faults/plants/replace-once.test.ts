import { expect, test } from 'vitest'
import { PlantMissed, replaceEach, replaceOnce } from './replace-once.ts'

const change = { find: 'holds = true', put: 'holds = false' }

test('replaceOnce() replaces the one occurrence of a text', () => {
  expect(replaceOnce('set holds = true where', change, 'end_run')).toBe('set holds = false where')
})

test.each([
  ['set held = true', 'end_run holds 0 times, not once, what the plant replaces: "holds = true"'],
  ['holds = true, holds = true', 'end_run holds 2 times'],
])('replaceOnce() refuses to guess in "%s"', (text, sentence) => {
  const replacing = () => replaceOnce(text, change, 'end_run')
  expect(replacing).toThrow(PlantMissed)
  expect(replacing).toThrow(sentence)
})

test('replaceOnce() takes what it puts literally', () => {
  expect(replaceOnce('a', { find: 'a', put: '$& $1' }, 'any')).toBe('$& $1')
})

test('replaceEach() makes its changes in order, each to what the one before left', () => {
  const changes = [
    { find: 'a', put: 'b' },
    { find: 'b', put: 'c' },
  ]
  expect(replaceEach('a', changes, 'any')).toBe('c')
  expect(() => replaceEach('a b', changes, 'any')).toThrow(PlantMissed)
})
