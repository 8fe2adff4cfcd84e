const seconds = 1_000
const minutes = 60 * seconds
const hours = 60 * minutes

/** After each try that failed; about a day altogether. */
const pausesMs = [
  5 * seconds,
  30 * seconds,
  2 * minutes,
  10 * minutes,
  1 * hours,
  6 * hours,
  6 * hours,
  6 * hours,
  6 * hours,
]
const longestMs = 24 * hours

/** Tries before a delivery is given up. */
export const triesOfDelivery = pausesMs.length + 1

/**
 * How long to wait after the nth failed try, in milliseconds, or null to give up. Up to a fifth longer than the schedule,
 * so that what failed together does not come back together; never sooner than the receiver asked, at most a day.
 */
export function nextAttemptMs(tries: number, { jitter, retryAfterMs = 0 }: { jitter: number; retryAfterMs?: number }) {
  const pauseMs = pausesMs[tries - 1]
  if (pauseMs === undefined) return null
  return Math.min(Math.max(Math.round(pauseMs * (1 + jitter / 5)), retryAfterMs), longestMs)
}
