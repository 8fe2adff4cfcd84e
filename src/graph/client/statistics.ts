import type { GraphStats } from '#graph/client/graph-client.ts'
import type { Waited } from '#graph/client/pacer.ts'

/** Counts what a client did, for the run's summary and the benchmarks. */
export interface Statistics {
  sent(kind: 'read' | 'write'): void
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
    retried() {
      counts.retries += 1
    },
    throttled() {
      counts.throttled += 1
    },
    waited({ pacedMs, blockedMs }) {
      counts.pacingWaitMs += pacedMs
      counts.throttleWaitMs += blockedMs
    },
    snapshot: () => ({ requests: counts.reads + counts.writes, ...counts }),
  }
}
