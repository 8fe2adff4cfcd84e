import { describe, expect, test } from 'vitest'
import { readOptions } from './options.ts'
import { points as restorePoints } from './restore/plan-case.ts'
import { failpoints, points as runPoints } from './runs/rows.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('readOptions()', () => {
  test('takes every point of both matrices, 20 seeds of the runs and 2 of the restores, and 40 crashes', () => {
    const { runs, restore, json } = readOptions([])
    expect(runs.map(({ point }) => point)).toEqual(runPoints)
    expect(runs.find(({ point }) => point === 'run.claimed')?.seeds).toEqual(upTo(20))
    expect(runs.find(({ point }) => point === 'frozen')?.seeds).toEqual(upTo(20))
    expect(runs.find(({ point }) => point === 'database_crash')?.seeds).toEqual(upTo(8))
    expect(restore).toEqual(restorePoints.map((point) => ({ point, seeds: [1, 2] })))
    expect(json).toBe(false)
  })

  test('takes some points and one seed of one matrix, to replay a case', () => {
    const limits = ['--at-once', '8', '--within', '10']
    expect(
      readOptions(['--matrix', 'runs', '--points', 'run.claimed,sigterm', '--seed', '9', ...limits, '--json']),
    ).toEqual({
      runs: [
        { point: 'run.claimed', seeds: [9] },
        { point: 'sigterm', seeds: [9] },
      ],
      restore: [],
      atOnce: 8,
      withinMs: 600_000,
      json: true,
    })
  })

  test('takes a point of one matrix without asking for the matrix', () => {
    expect(readOptions(['--points', 'restore.sending'])).toMatchObject({ runs: [], restore: [{ seeds: [1, 2] }] })
  })

  test('spreads kills and crashes over the seeds of the long form', () => {
    const { runs } = readOptions(['--kills', '5000', '--crashes', '1000'])
    const killed = runs
      .filter(({ point }) => failpoints.includes(point))
      .reduce((sum, { seeds }) => sum + seeds.length, 0)
    expect(killed).toBeGreaterThanOrEqual(5_000)
    expect(runs.find(({ point }) => point === 'database_crash')?.seeds).toHaveLength(200)
  })

  test.each([
    [['--points', 'restore.nowhere'], 'There is no point "restore.nowhere"'],
    [['--matrix', 'runs', '--points', 'restore.sending'], 'There is no point "restore.sending"'],
    [['--matrix', 'backups'], '--matrix takes runs or restore'],
    [['--seeds', 'many'], '--seeds takes a whole number'],
    [['--seed', '0'], '--seed takes a whole number'],
    [['--crashes', '1.5'], '--crashes takes a whole number'],
    [['--within', 'soon'], '--within takes a whole number'],
    [['--seeds', '2', '--seed', '1'], 'give one of the two'],
    [['--loud'], '--loud'],
  ])('refuses %j', (args, sentence) => {
    expect(() => readOptions(args)).toThrow(sentence)
  })
})
