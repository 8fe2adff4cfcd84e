import { parseArgs } from 'node:util'
import { points } from './plan-case.ts'
import type { Point } from './plan-case.ts'

export interface FaultOptions {
  readonly points: readonly Point[]
  readonly seeds: readonly number[]
  readonly json: boolean
}

export const usage = 'npm run faults -- [--points a,b] [--seeds N | --seed n] [--json]'

const defaultSeeds = 2

/** @throws TypeError with a sentence for the person who typed it */
export function readOptions(args: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      points: { type: 'string' },
      seeds: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  if (values.seed !== undefined && values.seeds !== undefined)
    throw new TypeError('--seeds takes the first so many seeds, --seed one of them: give one of the two.')
  const count = wholeNumber('--seeds', values.seeds ?? String(defaultSeeds))
  const seeds =
    values.seed === undefined
      ? Array.from({ length: count }, (_, index) => index + 1)
      : [wholeNumber('--seed', values.seed)]
  return { points: pointsNamed(values.points), seeds, json: values.json }
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new TypeError(`${option} takes a whole number from 1 on, not "${text}".`)
  return Number(text)
}

function pointsNamed(text: string | undefined): readonly Point[] {
  if (text === undefined) return points
  return text.split(',').map((name) => {
    const point = points.find((candidate) => candidate === name.trim())
    if (point === undefined) throw new TypeError(`There is no point "${name}"; there are: ${points.join(', ')}.`)
    return point
  })
}
