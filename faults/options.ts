import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import type { MatrixName } from './case-result.ts'
import { points as restorePoints } from './restore/plan-case.ts'
import type { Point as RestorePoint } from './restore/plan-case.ts'
import { crashesOf, failpoints, points as runPoints, rows } from './runs/rows.ts'
import type { Point as RunPoint } from './runs/rows.ts'

/** Which seeds of a point are played. */
export interface PointPlan<Point> {
  readonly point: Point
  readonly seeds: readonly number[]
}

export interface FaultOptions {
  readonly runs: readonly PointPlan<RunPoint>[]
  readonly restore: readonly PointPlan<RestorePoint>[]
  /** Cases of the runs that are played at the same time. */
  readonly atOnce: number
  /** No case of the runs begins later than this after the first, but the first few seeds of each point. */
  readonly withinMs?: number
  readonly json: boolean
}

/** What --within never cuts off. */
export const leastSeeds = 4
const mostAtOnce = 16

function usualAtOnce(): number {
  return Math.min(mostAtOnce, 4 * availableParallelism())
}

export const usage = `npm run faults -- [--matrix runs|restore] [--points a,b] [--seeds N | --seed n] [--kills N] [--crashes N] [--within MINUTES] [--at-once N] [--json]
  --matrix   only this one; default: both
  --points   only these
  --seeds    so many of each point; default: of the runs 20, of the restores 2
  --seed     this one, to play a case again
  --kills    at least so many killed processes of the runs; default: what --seeds gives
  --crashes  so many crashes of the database server; default: 40
  --within   for a slow machine: begin no case of the runs after so many minutes, once ${leastSeeds} seeds of each point were played
  --at-once  so many cases of the runs at the same time; default: ${usualAtOnce()} here, 4 for each processor; fewer on a busy machine
  --json     the last line is { ok, checks, … }`

const defaultSeeds = { runs: 20, restore: 2 } as const
const defaultCrashes = 40

/** @throws TypeError with a sentence for the person who typed it */
export function readOptions(args: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      matrix: { type: 'string' },
      points: { type: 'string' },
      seeds: { type: 'string' },
      seed: { type: 'string' },
      kills: { type: 'string' },
      crashes: { type: 'string' },
      within: { type: 'string' },
      'at-once': { type: 'string', default: String(usualAtOnce()) },
      json: { type: 'boolean', default: false },
    },
  })
  if (values.seed !== undefined && values.seeds !== undefined)
    throw new TypeError('--seeds takes the first so many seeds, --seed one of them: give one of the two.')
  const matrix = matrixNamed(values.matrix)
  const named = values.points?.split(',').map((name) => name.trim())
  refuseUnknown(named, matrix)
  const kills = values.kills === undefined ? 0 : wholeNumber('--kills', values.kills)
  const crashes = wholeNumber('--crashes', values.crashes ?? String(defaultCrashes))
  const chosen = <Point extends string>(name: MatrixName, points: readonly Point[]) =>
    matrix === undefined || matrix === name ? points.filter((point) => named?.includes(point) ?? true) : []
  return {
    runs: chosen('runs', runPoints).map((point) => ({
      point,
      seeds:
        values.seed === undefined
          ? runSeeds(point, { seeds: seedsOf(values, defaultSeeds.runs), kills, crashes })
          : seedsOf(values, 1),
    })),
    restore: chosen('restore', restorePoints).map((point) => ({ point, seeds: seedsOf(values, defaultSeeds.restore) })),
    atOnce: wholeNumber('--at-once', values['at-once']),
    ...(values.within !== undefined && { withinMs: wholeNumber('--within', values.within) * 60_000 }),
    json: values.json,
  }
}

/** Kills are spread over the failpoints; a case of crashes has several. */
function runSeeds(
  point: RunPoint,
  { seeds, kills, crashes }: { readonly seeds: readonly number[]; readonly kills: number; readonly crashes: number },
): readonly number[] {
  if (point === 'database_crash') return upTo(Math.ceil(crashes / crashesOf(point)))
  const isKill = failpoints.includes(point)
  const wanted = isKill ? Math.max(seeds.length, Math.ceil(kills / failpoints.length)) : seeds.length
  return upTo(Math.min(wanted, rows[point].seedsAtMost ?? wanted))
}

function seedsOf(values: { readonly seeds?: string; readonly seed?: string }, usual: number): readonly number[] {
  if (values.seed !== undefined) return [wholeNumber('--seed', values.seed)]
  return upTo(wholeNumber('--seeds', values.seeds ?? String(usual)))
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new TypeError(`${option} takes a whole number from 1 on, not "${text}".`)
  return Number(text)
}

function matrixNamed(text: string | undefined): MatrixName | undefined {
  if (text === undefined || text === 'runs' || text === 'restore') return text
  throw new TypeError(`--matrix takes runs or restore, not "${text}".`)
}

function refuseUnknown(named: readonly string[] | undefined, matrix: MatrixName | undefined): void {
  const known: readonly string[] = [
    ...(matrix === 'restore' ? [] : runPoints),
    ...(matrix === 'runs' ? [] : restorePoints),
  ]
  const unknown = named?.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new TypeError(`There is no point "${unknown}"; there are: ${[...new Set(known)].join(', ')}.`)
}
