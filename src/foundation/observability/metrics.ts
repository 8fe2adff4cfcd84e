/**
 * What this process counts, in the words of the product. Whoever reports knows nothing of how it is kept; until
 * `collectInto` is called nothing is, at no cost. Like the log, metrics belong to the process, not to a call.
 */
export interface Metrics {
  /** A start was answered: `active` and `cooldown` are those that de-duplication caught. */
  runStarted(type: string, disposition: 'created' | 'active' | 'cooldown'): void
  /** A scheduled time was decided: `caught_up` is one that was started more than five minutes after it was due. */
  slotDecided(type: string, end: 'started' | 'caught_up' | 'missed' | 'overlapped'): void
  /** A run ended here, or was ended here for a worker that is gone; `tookMs`: its last attempt, where it was here. */
  runEnded(type: string, end: { readonly outcome: string; readonly tookMs: number | undefined }): void
  /** An attempt ended without ending its run. */
  runPutBack(type: string, kind: 'retry' | 'throttled' | 'hand_back'): void
  /** An attempt ended whose claim did not hold any more: nothing of it was stored. */
  resultDropped(type: string): void
  /** A run that had ended was handed out again and left alone. */
  redeliveryDropped(): void
  /** A run of a worker that is gone was settled: queued again or ended. */
  runRecovered(type: string, end: 'released' | 'ended'): void
  /** This process could not rely on its lease any longer and stopped its runs. */
  leaseLost(): void
  claimed(runs: number, tookMs: number): void
  /** A request to Microsoft Graph was answered; status `none` when no whole answer came. */
  graphAnswered(kind: 'read' | 'write', status: number | 'none'): void
  /** Graph said to slow down, also inside a batch that was answered with 200. */
  graphThrottled(): void
  /** A request waited for its turn: for the tenant's budget, and because Graph had asked for a pause. */
  graphWaited(waited: { readonly pacedMs: number; readonly blockedMs: number }): void
  /** A restore found something else than the person saw and wrote nothing. */
  writeConflict(): void
  /** A receiver outside was told of the end of a run, or was not. */
  deliveryTried(result: 'delivered' | 'failed'): void
}

const nothing = () => undefined

const noMetrics: Metrics = {
  runStarted: nothing,
  slotDecided: nothing,
  runEnded: nothing,
  runPutBack: nothing,
  resultDropped: nothing,
  redeliveryDropped: nothing,
  runRecovered: nothing,
  leaseLost: nothing,
  claimed: nothing,
  graphAnswered: nothing,
  graphThrottled: nothing,
  graphWaited: nothing,
  writeConflict: nothing,
  deliveryTried: nothing,
}

let current = noMetrics

/** Where to count now. For `events.ts` and hot paths that have nothing to log. */
export function metrics(): Metrics {
  return current
}

/** Counts into these metrics until disposed. */
export function collectInto(kept: Metrics): Disposable {
  const before = current
  current = kept
  return {
    [Symbol.dispose]() {
      current = before
    },
  }
}
