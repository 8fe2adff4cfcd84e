import type { Reason } from '#foundation/kernel/reasons.ts'

export type FailureDetail = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/**
 * An expected refusal: the reason is from the registry, the message helps the reader act (what, which one, what to do).
 * Anything else that is thrown is a defect. Messages and details never hold secrets, tokens or personal data.
 */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly reason: Reason
  readonly detail: FailureDetail
  /** For `throttled` and other waits: how long nothing should be tried, from now. */
  readonly retryAfterMs: number | undefined

  constructor(
    reason: Reason,
    message: string,
    options: { detail?: FailureDetail; cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.reason = reason
    this.detail = options.detail ?? {}
    this.retryAfterMs = options.retryAfterMs
  }
}
