import type { Log } from '#foundation/observability/log.ts'
import type { Clock } from '#graph/client/clock.ts'
import type { EgressGate } from '#graph/client/egress-gate.ts'
import type { Pacer } from '#graph/client/pacer.ts'
import type { Statistics } from '#graph/client/statistics.ts'
import type { Timeouts } from '#graph/client/transport.ts'

/** What reading and writing share: made once per client. */
export interface RequestContext {
  readonly graphOrigin: string
  readonly gate: EgressGate
  readonly pacer: Pacer
  readonly clock: Clock
  readonly random: () => number
  readonly timeouts: Timeouts
  readonly statistics: Statistics
  readonly log: Log
}
