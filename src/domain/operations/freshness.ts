import { catalog, isOperationType } from '#domain/operations/catalog.ts'
import type { RunStatus } from '#domain/operations/operation.ts'

/**
 * Whether a run that has not ended goes on as it should. `late`: slower than usual, and it may still go on by itself;
 * `stuck`: it does not without somebody, or another worker, doing something. Derived whenever it is shown, never stored.
 */
export type Freshness =
  | { readonly state: 'fresh' }
  | { readonly state: 'late' | 'stuck'; readonly why: FreshnessReason }

export type FreshnessReason = keyof typeof freshnessReasons

/** Why a run is late or stuck, and what to do, for people. */
export const freshnessReasons = {
  no_worker:
    'No worker takes runs: start one with `tenantatlas work`, or resume one that `tenantatlas worker list` shows as drained.',
  lane_busy: 'Other runs of the same tenant go first; `tenantatlas queue limit` lets more of them run at once.',
  workers_busy: 'The workers are busy with other runs; start more of them with `tenantatlas work`.',
  not_taken:
    'Workers are running and none takes it: look at their logs, and at their versions in `tenantatlas worker list`.',
  takes_long: 'It takes much longer than this operation usually does; `tenantatlas run watch` shows whether it moves.',
  past_limit: 'It is past the time limit of its operation and will be stopped; look at the log of its worker.',
  worker_silent: 'Its worker does not renew its lease: another one takes over within seconds.',
} as const satisfies Record<string, string>

/** What freshness is derived from: the run as its rows say it, read together with the database's clock. */
export interface FreshnessFacts {
  readonly type: string
  readonly status: RunStatus
  /** Queued: when it may start; null once it runs or has ended. */
  readonly runAt: Date | null
  /** Queued: until when Microsoft Graph asked the tenant to wait. */
  readonly throttledUntil: Date | null
  /** Queued: somebody paused its tenant or its operation. */
  readonly isHeld: boolean
  /** Queued: something of its lane runs now. */
  readonly isLaneBusy: boolean
  /** Some worker process has a good lease and takes runs. */
  readonly hasWorkers: boolean
  /** Running: since when, and until when it may. */
  readonly leasedAt: Date | null
  readonly deadlineAt: Date | null
  /** Running: when the lease of its worker ends; null when that worker is gone. */
  readonly leaseUntil: Date | null
}

const second = 1_000
const minute = 60 * second

/** A run that may start is begun within a second or two; what waits longer than this waits for something. */
export const lateAfterMs = minute
/** Behind other runs of its own tenant waiting is the rule. */
export const lateBehindOthersMs = 10 * minute
export const stuckAfterMs = 15 * minute
/** How many times the usual duration is much longer than usual. */
export const muchLonger = 10

const fresh: Freshness = { state: 'fresh' }

/** How fresh a run is at `now`, the database's clock; null when it has ended. */
export function freshnessOf(run: FreshnessFacts, now: Date): Freshness | null {
  switch (run.status) {
    case 'completed':
      return null
    case 'queued':
      return ofQueued(run, now.getTime())
    case 'running':
      return ofRunning(run, now.getTime())
  }
}

function ofQueued(run: FreshnessFacts, now: number): Freshness {
  const mayStartAt = Math.max(run.runAt?.getTime() ?? now, run.throttledUntil?.getTime() ?? 0)
  const waitedMs = now - mayStartAt
  // Whoever paused it wants it to wait.
  if (run.isHeld || waitedMs <= lateAfterMs) return fresh
  if (!run.hasWorkers) return { state: 'stuck', why: 'no_worker' }
  if (run.isLaneBusy) return waitedMs > lateBehindOthersMs ? { state: 'late', why: 'lane_busy' } : fresh
  return waitedMs > stuckAfterMs ? { state: 'stuck', why: 'not_taken' } : { state: 'late', why: 'workers_busy' }
}

function ofRunning({ type, leasedAt, deadlineAt, leaseUntil }: FreshnessFacts, now: number): Freshness {
  if (leaseUntil === null || leaseUntil.getTime() < now) return { state: 'stuck', why: 'worker_silent' }
  if (deadlineAt !== null && deadlineAt.getTime() < now) return { state: 'stuck', why: 'past_limit' }
  const usualMs = isOperationType(type) ? catalog[type].expectedSeconds * second : Number.POSITIVE_INFINITY
  const runsForMs = leasedAt === null ? 0 : now - leasedAt.getTime()
  return runsForMs > Math.max(usualMs * muchLonger, minute) ? { state: 'late', why: 'takes_long' } : fresh
}
