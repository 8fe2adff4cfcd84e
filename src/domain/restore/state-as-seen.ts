import type { RestoreItemState, RestoreState } from '#domain/restore/restore-run.ts'
import type { RunOutcome } from '#domain/operations/operation.ts'

/**
 * The state of a restore run as it is. The handler stores each step; when its operation run ended without it (worker
 * lost for good, cancelled while queued), the run's own end tells.
 */
export function stateAsSeen(of: {
  readonly state: RestoreState
  readonly previewOutcome: RunOutcome | null
  readonly runOutcome: RunOutcome | null
  readonly anyWritten: boolean
}): RestoreState {
  const { state, previewOutcome, runOutcome } = of
  if (state === 'draft' || state === 'checked')
    return isOver(previewOutcome) ? whenCutOff(previewOutcome, false) : state
  if (state === 'queued' || state === 'running')
    return isOver(runOutcome) ? whenCutOff(runOutcome, of.anyWritten) : state
  return state
}

function isOver(outcome: RunOutcome | null): outcome is RunOutcome {
  return outcome !== null && outcome !== 'pending'
}

function whenCutOff(outcome: RunOutcome, anyWritten: boolean): RestoreState {
  if (outcome === 'cancelled') return 'cancelled'
  return anyWritten ? 'partial' : 'failed'
}

/** The state of an item when its restore run is over: nothing is still to come, and what was being sent is unknown. */
export function itemStateAsSeen(state: RestoreItemState, isRunOver: boolean): RestoreItemState {
  if (!isRunOver) return state
  if (state === 'planned') return 'skipped'
  return state === 'sending' ? 'unknown' : state
}

/** How a restore ended, by its items. What the plan left out was known when it was confirmed. */
export function endOf(states: ReadonlySet<RestoreItemState>): 'completed' | 'partial' | 'failed' {
  const wrong = ['conflict', 'failed', 'unknown', 'awaiting_approval'] as const
  if (!wrong.some((state) => states.has(state))) return 'completed'
  const isAwaiting = states.has('awaiting_approval')
  return states.has('verified') || states.has('no_change') || isAwaiting ? 'partial' : 'failed'
}
