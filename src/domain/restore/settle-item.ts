/** What a read-back means for an item whose write was begun: the one place that decides it, without any I/O. */

/** What is live, compared with what the write was to do. `between`: part of a target-by-target write. */
export type LiveIs = 'desired' | 'before' | 'between' | 'other'

/** What is known of the latest request: `none` when it may or may not have been sent. */
export type LastAnswer = 'none' | 'accepted' | 'unknown' | 'refused'

export interface Sighting {
  readonly live: LiveIs
  readonly answer: LastAnswer
  /** Who looks: the worker that sent, or one that found the item after another worker was lost. */
  readonly by: 'sender' | 'successor'
  /** How often this very request may have been sent. */
  readonly sends: number
}

export type Settlement =
  /** Live equals the desired set. `recovered`: only the read-back tells. */
  | { readonly is: 'verified'; readonly recovered: boolean }
  /** Nothing of it arrived, and late arrival is ruled out: it may be sent once more. */
  | { readonly is: 'resend' }
  /** Somebody else changed it. */
  | { readonly is: 'conflict' }
  /** Graph said yes, and live does not show it. */
  | { readonly is: 'not_verified' }
  /** Not to be found out, and not to be sent again. */
  | { readonly is: 'unknown' }

/** A request is sent at most twice, and the second time only by a successor who saw that the first did not arrive. */
const mostSends = 2

export function settleItem({ live, answer, by, sends }: Sighting): Settlement {
  if (live === 'desired') return { is: 'verified', recovered: by === 'successor' || answer !== 'accepted' }
  if (live === 'other') return { is: 'conflict' }
  if (answer === 'refused') return { is: 'resend' }
  if (by === 'successor' && answer === 'accepted' && live === 'between') return { is: 'resend' }
  if (answer === 'accepted') return { is: 'not_verified' }
  return by === 'successor' && answer === 'none' && sends < mostSends ? { is: 'resend' } : { is: 'unknown' }
}
