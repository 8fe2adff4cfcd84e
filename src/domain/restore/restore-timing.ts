/** How long a restore waits for what. */
export interface RestoreTiming {
  /** What a request that changes something may take in all, by the Graph client: nothing of it arrives later. */
  readonly requestTimeoutMs: number
  /** From the commit of an intent to the first byte; so much of the lease must be left then. */
  readonly startWithinMs: number
  /** How long a read-back waits for a write to show: Graph is eventually consistent. */
  readonly readBackMs: number
  readonly firstPollMs: number
  readonly longestPollMs: number
  /** How long the current item may go on when the worker is told to stop; less than the worker takes to drain. */
  readonly finishItemMs: number
}

export const defaultTiming: RestoreTiming = {
  requestTimeoutMs: 100_000,
  startWithinMs: 5_000,
  readBackMs: 60_000,
  firstPollMs: 250,
  longestPollMs: 5_000,
  finishItemMs: 6_000,
}

/** From the commit of an intent until nothing of its request can arrive any more. */
export function settleDelayMs({ requestTimeoutMs, startWithinMs }: RestoreTiming): number {
  return startWithinMs + requestTimeoutMs
}
