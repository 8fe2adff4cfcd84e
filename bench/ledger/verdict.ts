/** The goals of the ledger, checked against what was measured. */
import type { Check } from '../../tools/check.ts'
import type { FairnessFigures } from './fairness.ts'
import { growthCalls, type GrowthFigures } from './growth.ts'
import type { MachineFigures } from './machine.ts'
import type { Quantiles } from './measure.ts'
import type { RetentionFigures } from './retention.ts'
import type { Sizes } from './sizes.ts'
import type { StartFigures } from './starts.ts'
import { timesMore, type WholeLife } from './whole-life.ts'

export interface Figures {
  readonly machine: MachineFigures
  readonly starts: StartFigures
  readonly startToHandler: Quantiles
  /** The product first. */
  readonly wholeLife: readonly WholeLife[]
  readonly claim: Quantiles
  readonly fairness: FairnessFigures
  readonly growth: GrowthFigures
  readonly retention: RetentionFigures
}

export function checksOf(figures: Figures, sizes: Sizes): Check[] {
  const { starts, startToHandler, claim, fairness, growth, retention } = figures
  return [
    atLeast(`starts a second that find the run active, ${sizes.callers} callers`, starts.hit, 10_000),
    atLeast(`starts a second that create a run, ${sizes.callers} callers`, starts.miss, 4_000),
    ...wholeLifeChecks(figures.wholeLife),
    atMost('ms from start to handler, idle worker, p50', startToHandler.p50, 5),
    atMost('ms from start to handler, idle worker, p99', startToHandler.p99, 15),
    ...growthCalls.map((call) =>
      atMost(
        `${call}: cost at ${sizes.largeHistory} finished runs over ${sizes.smallHistory}`,
        growth[call].ratio,
        1.2,
      ),
    ),
    atMost(`ms of a claim behind ${sizes.backlog} runs of busy tenants, p50`, claim.p50, 5),
    atMost(
      'p99 wait beside a tenant with such a backlog, over the quiet one',
      worse(fairness.quiet, fairness.noisy),
      2,
    ),
    atLeast('old runs deleted', retention.deleted, sizes.oldRuns),
    atMost('p99 of a start meanwhile, over that without', worse(retention.without, retention.meanwhile), 2),
  ]
}

// BullMQ has no goal: it keeps its jobs where PostgreSQL's transactions do not reach.
const peersWithGoal = ['pg-boss', 'graphile-worker'] as const

function wholeLifeChecks([product, ...peers]: readonly WholeLife[]): Check[] {
  const times = (name: string) => {
    const peer = peers.find((one) => one.name.startsWith(name))
    return product === undefined || peer === undefined ? Number.NaN : timesMore(product, peer)
  }
  return [
    atLeast('runs a second from created to terminal', product?.perSecond ?? Number.NaN, 1_500),
    ...peersWithGoal.map((name) => atLeast(`times as many as ${name} under the same ledger row`, times(name), 2)),
  ]
}

function worse(before: Quantiles, after: Quantiles): number {
  return after.p99 / before.p99
}

// What could not be measured is NaN, and fails.
function atMost(name: string, value: number, goal: number): Check {
  return { name, ok: value <= goal, value: rounded(value), goal: `<= ${goal}` }
}

function atLeast(name: string, value: number, goal: number): Check {
  return { name, ok: value >= goal, value: rounded(value), goal: `>= ${goal}` }
}

export function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100
}
