/** What became of one try. */
export interface Answer {
  readonly isDelivered: boolean
  /** Of HTTP or SMTP; null when the receiver said nothing. */
  readonly status: number | null
  /** For people: what was wrong; also with what was delivered in part. */
  readonly error: string | null
  /** The receiver asked not to be tried again sooner. */
  readonly retryAfterMs?: number
  /** The receiver does not want this channel any more. */
  readonly isGone?: true
  /** Nobody was asked: there is nothing to be told any more. */
  readonly isMoot?: true
}
