import { expect, test } from 'vitest'
import { failureLines } from '#entrypoints/cli/runs/follow-run.ts'

test('failureLines() says how many failures it leaves out', () => {
  const failures = Array.from({ length: 17 }, (_, index) => ({ message: `Failure ${index}.`, count: index + 1 }))
  const lines = failureLines(failures)
  expect(lines).toHaveLength(6)
  expect(lines[1]).toBe('- Failure 1. (2 times)')
  expect(lines.at(-1)).toBe('… and 12 more')
  expect(failureLines(failures.slice(0, 5))).toHaveLength(5)
})
