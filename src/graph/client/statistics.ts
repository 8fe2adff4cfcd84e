import type { GraphStats } from '#graph/client/graph-client.ts'
import type { Waited } from '#graph/client/pacer.ts'
import type { Answer, NoAnswer } from '#graph/client/transport.ts'
import { metrics } from '#foundation/observability/metrics.ts'

/** Counts what a client did, for the run's summary and the benchmarks, and what the process did, for its metrics. */
export interface Statistics {
  sent(kind: 'read' | 'write'): void
  answered(kind: 'read' | 'write', answer: Answer | NoAnswer): void
  retried(): void
  throttled(): void
  waited(waited: Waited): void
  snapshot(): GraphStats
}

export function createStatistics(): Statistics {
  const counts = { reads: 0, writes: 0, retries: 0, throttled: 0, pacingWaitMs: 0, throttleWaitMs: 0 }
  return {
    sent(kind) {
      counts[kind === 'read' ? 'reads' : 'writes'] += 1
    },
    answered(kind, answer) {
      metrics().graphAnswered(kind, answer.state === 'answered' ? answer.status : 'none')
    },
    retried() {
      counts.retries += 1
    },
    throttled() {
      counts.throttled += 1
      metrics().graphThrottled()
    },
    waited(waited) {
      const { pacedMs, blockedMs } = waited
      metrics().graphWaited(waited)
      counts.pacingWaitMs += pacedMs
      counts.throttleWaitMs += blockedMs
    },
    snapshot: () => ({ requests: counts.reads + counts.writes, ...counts }),
  }
}
