/** How much each measurement does. */
export interface Sizes {
  readonly callers: number
  readonly seconds: number
  readonly smallHistory: number
  readonly largeHistory: number
  /** Of the large history, what retention deletes. */
  readonly oldRuns: number
  readonly wholeLife: { readonly rounds: number; readonly runs: number }
  readonly idleStarts: number
  readonly turns: { readonly n: number; readonly warmUp: number }
  /** Runs of busy tenants that a claim has to pass, or of one tenant that others share the worker with. */
  readonly backlog: number
  readonly claims: number
  readonly fairness: { readonly rounds: number; readonly probes: number }
  readonly startsWithoutPruning: number
}

/** The goals are for these. */
export const fullSizes: Sizes = {
  callers: 16,
  seconds: 5,
  smallHistory: 10_000,
  largeHistory: 5_000_000,
  oldRuns: 1_000_000,
  wholeLife: { rounds: 3, runs: 4_000 },
  idleStarts: 500,
  turns: { n: 1_500, warmUp: 100 },
  backlog: 100_000,
  claims: 500,
  fairness: { rounds: 5, probes: 200 },
  startsWithoutPruning: 3_000,
}

/** For trying the benchmark itself, in well under a minute: figures that say nothing about the goals. */
export const quickSizes: Sizes = {
  callers: 16,
  seconds: 0.5,
  smallHistory: 1_000,
  largeHistory: 20_000,
  oldRuns: 5_000,
  wholeLife: { rounds: 1, runs: 400 },
  idleStarts: 50,
  turns: { n: 100, warmUp: 10 },
  backlog: 2_000,
  claims: 50,
  fairness: { rounds: 1, probes: 50 },
  startsWithoutPruning: 200,
}
