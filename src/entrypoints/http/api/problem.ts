/** Refusals as RFC 9457 `application/problem+json`. */
import { ORPCError } from '@orpc/server'
import { ValidationError } from '@orpc/contract'
import { Failure, type FailureDetail } from '#foundation/kernel/failure.ts'
import { quoteGiven } from '#foundation/kernel/quote-given.ts'
import { reasons, type Reason } from '#foundation/kernel/reasons.ts'

export interface Problem {
  /** The docs page of the reason. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly reason: Reason
  readonly detail: string
  readonly next: string
  readonly requestId: string
  /** Bad input: which field, and what is wrong with it. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
  readonly context?: FailureDetail
}

export const problemType = 'application/problem+json'

/** What went wrong, as the client is told; a defect tells nothing but the id under which the log has it. */
export function problemOf(
  error: unknown,
  requestId: string,
): { readonly problem: Problem; readonly retryAfterMs?: number } {
  const failure = failureOf(error)
  const { reason, message, detail, retryAfterMs, errors } = failure
  const { status, next } = reasons[reason]
  return {
    problem: {
      type: `/docs/errors/${reason}`,
      title: titleOf(reason),
      status,
      reason,
      detail: message,
      next,
      requestId,
      ...(errors && { errors }),
      ...(Object.keys(detail).length > 0 && { context: detail }),
    },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** Whether nobody expected it: it belongs into the log. */
export function isDefect(error: unknown): boolean {
  return failureOf(error).reason === 'unknown_error'
}

interface Told {
  readonly reason: Reason
  readonly message: string
  readonly detail: FailureDetail
  readonly retryAfterMs?: number | undefined
  readonly errors?: Problem['errors']
}

function failureOf(error: unknown): Told {
  if (error instanceof Failure) return error
  if (error instanceof ORPCError) return failureOfLibrary(error)
  return {
    reason: 'unknown_error',
    message: 'Something went wrong here; the log has it under the id of this request.',
    detail: {},
  }
}

/** What oRPC refuses by itself: what a Failure is wrapped in, input that does not fit, a body it cannot read. */
function failureOfLibrary({ cause, code }: { readonly cause?: unknown; readonly code: unknown }): Told {
  if (cause instanceof Failure) return cause
  if (code === 'BAD_REQUEST' && cause instanceof ValidationError) return badInput(cause)
  if (code === 'BAD_REQUEST')
    return { reason: 'invalid_input', message: 'The body of the request is not the JSON this takes.', detail: {} }
  return failureOf(undefined)
}

function badInput({ issues }: ValidationError): Told {
  const errors = issues.slice(0, 20).map((issue) => ({
    path: (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.'),
    message: 'keys' in issue ? unknownFields(issue.keys) : issue.message,
  }))
  const said = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
  return { reason: 'invalid_input', message: `The request is not valid. ${said}.`, detail: {}, errors }
}

/** Names them, unless a value stands where a name belongs. */
function unknownFields(keys: unknown): string {
  const names = Array.isArray(keys) ? keys.map((key) => quoteGiven(String(key), 'a field with an unusual name')) : []
  return `Not known here: ${names.join(', ')}`
}

function titleOf(reason: Reason): string {
  const words = reason.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
