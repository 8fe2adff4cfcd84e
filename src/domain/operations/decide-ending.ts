/** How an attempt ends, as a pure decision: by what the handler did, why it was asked to stop, and the tries left. */
import { failureCode } from '#domain/operations/catalog.ts'
import { StaleClaim, triesUsed, type Tries } from '#domain/operations/claim.ts'
import type { FailureLine, RunAbort, RunResult } from '#domain/operations/operation.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { reasons, type Reason } from '#foundation/kernel/reasons.ts'
import { sanitizeMessage } from '#foundation/kernel/sanitize.ts'

/** What the handler did. */
export type HandlerEnd =
  | { readonly did: 'return'; readonly result: RunResult; readonly leftItems: boolean }
  | { readonly did: 'throw'; readonly error: unknown }

export type Verdict = 'returned' | 'failed' | 'blocked' | 'cancelled'

/** What becomes of the run. */
export type Ending =
  | { readonly kind: 'finish'; readonly verdict: Verdict; readonly result: RunResult }
  /** Tried again later; the attempt is used up. */
  | { readonly kind: 'retry'; readonly delayMs: number; readonly failure: FailureLine }
  /** Microsoft Graph asked to wait; the attempt is not used up. */
  | { readonly kind: 'throttled'; readonly delayMs: number; readonly failure: FailureLine }
  /** The worker stops; another one goes on at once. */
  | { readonly kind: 'hand_back' }
  /** Somebody else has the run: whatever the handler did, it changes nothing. */
  | { readonly kind: 'drop' }

export interface AttemptEnd {
  readonly type: string
  readonly tries: Tries
  /** Why the handler was asked to stop, if it was. */
  readonly abort: RunAbort | undefined
  readonly end: HandlerEnd
  /** 0 ≤ jitter < 1, random. */
  readonly jitter: number
}

// A person has to act before the operation can be done; nothing went wrong in doing it.
const blockingReasons: ReadonlySet<Reason> = new Set([
  'missing_configuration',
  'permission_denied',
  'authentication_failed',
  'approval_required',
  'second_person_required',
  'invalid_state',
  'not_applicable',
  'unsupported',
])

export function decideEnding({ type, tries, abort, end, jitter }: AttemptEnd): Ending {
  const waits = { tries, jitter }
  if (end.did === 'return') return afterReturn(end, abort, waits)
  if (end.error instanceof StaleClaim) return { kind: 'drop' }
  if (abort !== undefined) return afterAbort(abort, waits)
  const retryAfterMs = end.error instanceof Failure ? end.error.retryAfterMs : undefined
  return afterFailure(failureLine(type, end.error), { ...waits, retryAfterMs })
}

function afterReturn(end: Extract<HandlerEnd, { did: 'return' }>, abort: RunAbort | undefined, waits: Waits): Ending {
  const { result, leftItems } = end
  // It stopped half-way without saying so; otherwise everything was done before it saw the cancel.
  if (leftItems && abort === 'cancelled') return { kind: 'finish', verdict: 'cancelled', result }
  if (leftItems && (abort === 'shutdown' || abort === 'deadline')) return afterAbort(abort, waits)
  return { kind: 'finish', verdict: 'returned', result }
}

function afterAbort(abort: RunAbort, waits: Waits): Ending {
  switch (abort) {
    case 'cancelled':
      return { kind: 'finish', verdict: 'cancelled', result: {} }
    case 'shutdown':
      return { kind: 'hand_back' }
    case 'deadline':
      return afterFailure(pastDeadline(), waits)
    case 'lease_lost':
      return { kind: 'drop' }
  }
}

/** What becomes of a run whose worker is gone, or hangs past its deadline. */
export function decideAfterLoss(tries: Tries, loss: { workerGone: boolean; jitter: number }): Ending {
  return afterFailure(loss.workerGone ? workerLost() : pastDeadline(), { tries, jitter: loss.jitter })
}

interface Waits {
  readonly tries: Tries
  readonly jitter: number
  readonly retryAfterMs?: number | undefined
}

function afterFailure(failure: FailureLine, { tries, jitter, retryAfterMs = 0 }: Waits): Ending {
  if (failure.reason === 'throttled') {
    const asked = retryAfterMs > 0 ? retryAfterMs : backoffMs(tries.throttles + 1, jitter)
    // Later than asked, never earlier, and not all tenants at once.
    return { kind: 'throttled', delayMs: Math.ceil(asked * (1 + jitter / 10)), failure }
  }
  if (reasons[failure.reason].retry === 'later' && triesUsed(tries) < tries.maxAttempts) {
    return { kind: 'retry', delayMs: Math.max(retryAfterMs, backoffMs(triesUsed(tries), jitter)), failure }
  }
  const verdict = blockingReasons.has(failure.reason) ? 'blocked' : 'failed'
  return { kind: 'finish', verdict, result: { failures: [failure] } }
}

const firstDelayMs = 2_000
const longestDelayMs = 300_000

/** 2 s, 4 s, 8 s … 5 min, each between half and whole, so that runs that failed together do not return together. */
export function backoffMs(tries: number, jitter: number): number {
  const whole = Math.min(longestDelayMs, firstDelayMs * 2 ** (Math.max(1, tries) - 1))
  return Math.round(whole * (0.5 + jitter / 2))
}

function failureLine(type: string, error: unknown): FailureLine {
  const code = failureCode(type)
  if (error instanceof Failure) return { code, reason: error.reason, message: sanitizeMessage(error.message), count: 1 }
  // The text of an unexpected error may hold anything: it goes to the log, not to the row.
  const message = 'The operation stopped at an unexpected error; the log of the worker has it under the id of this run.'
  return { code, reason: 'unknown_error', message, count: 1 }
}

function workerLost(): FailureLine {
  const message = 'The worker process that had this run ended or lost its connection to the database.'
  return { code: 'run.worker_lost', reason: 'worker_lost', message, count: 1 }
}

function pastDeadline(): FailureLine {
  const message = 'The run took longer than its operation may take and was stopped.'
  return { code: 'run.deadline_exceeded', reason: 'deadline_exceeded', message, count: 1 }
}
