/** How many extra requests failures may cost: a tenth of the traffic, so that an outage never doubles it. */
export interface RetryBudget {
  /** A request went out for the first time. */
  earn(requests: number): void
  /** Whether `requests` may be sent again; takes them when they may. */
  spend(requests: number): boolean
}

const share = 0.1
// A short run has sent too little to have earned anything.
const initial = 40
const most = 200

export function createRetryBudget(): RetryBudget {
  let left = initial
  return {
    earn(requests) {
      left = Math.min(most, left + requests * share)
    },
    spend(requests) {
      if (left < requests) return false
      left -= requests
      return true
    },
  }
}
