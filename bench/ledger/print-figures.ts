import { columnsOf } from '../../tools/check.ts'
import type { Quantiles } from './measure.ts'
import type { Sizes } from './sizes.ts'
import { rounded, type Figures } from './verdict.ts'
import { timesMore } from './whole-life.ts'

/** The tables of `bench/README.md`, in its order. */
export function printFigures(figures: Figures, sizes: Sizes): void {
  const { machine, starts, startToHandler, claim, fairness, retention } = figures
  console.log(
    `This machine now, ${sizes.callers} callers: ${rounded(machine.insertsPerSecond)} durable one-row inserts`,
  )
  console.log(`and ${rounded(machine.selectsPerSecond)} times "select 1" a second.`)
  table('One process', [
    ['', 'a second'],
    ['starts that find the run active', number(starts.hit)],
    ['starts that create a run', number(starts.miss)],
  ])
  table('From created to terminal', wholeLifeRows(figures))
  table('Median milliseconds of one caller, by finished runs kept', growthRows(figures, sizes))
  table('Milliseconds', [
    ['', 'p50', 'p99'],
    ['start to handler, idle worker', ...cells(startToHandler)],
    [`claim behind ${sizes.backlog} runs of busy tenants`, ...cells(claim)],
    ['wait of others, quiet', ...cells(fairness.quiet)],
    [`wait of others beside ${sizes.backlog} runs of one tenant and 100 throttled tenants`, ...cells(fairness.noisy)],
    ['start, nothing deleted', ...cells(retention.without)],
    [
      `start while ${retention.deleted} old runs are deleted (${rounded(retention.seconds)} s)`,
      ...cells(retention.meanwhile),
    ],
  ])
}

function wholeLifeRows({ wholeLife }: Figures): string[][] {
  const [product] = wholeLife
  const rows = wholeLife.map((one) => [
    one.name,
    number(one.perSecond),
    one.rounds.map(number).join(', '),
    product === undefined || one === product ? '' : number(timesMore(product, one)),
  ])
  return [['', 'runs a second', 'by round', 'the product does so many times more'], ...rows]
}

function growthRows({ growth }: Figures, { smallHistory, largeHistory }: Sizes): string[][] {
  const rows = Object.entries(growth).map(([call, { small, large, ratio }]) => [
    call,
    ...[small, large, ratio].map(number),
  ])
  return [['', String(smallHistory), String(largeHistory), 'ratio'], ...rows]
}

function cells({ p50, p99 }: Quantiles): string[] {
  return [number(p50), number(p99)]
}

function number(value: number): string {
  return String(rounded(value))
}

function table(title: string, rows: readonly (readonly string[])[]): void {
  console.log(`\n${title}\n${columnsOf(rows)}`)
}
