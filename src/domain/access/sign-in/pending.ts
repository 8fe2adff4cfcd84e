import { refuse } from '#domain/access/sign-in/refusals.ts'

/**
 * What is kept between sending a person to Entra and their return: bound to their browser, secret, and used once.
 * All of it can be written as JSON.
 */
export interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  /** ISO 8601. */
  readonly startedAt: string
  /** Set when how long ago the person proved themselves was asked for. */
  readonly maxAgeSeconds?: number
}

const longestMs = 10 * 60_000
const clockToleranceMs = 60_000

/** @throws Failure `authentication_failed` when it took too long, or what was kept is not whole */
export function checkPending(
  { state, nonce, codeVerifier, startedAt, maxAgeSeconds }: PendingSignIn,
  nowMs: number,
): void {
  // An empty verifier or nonce would switch the check off rather than fail it.
  const isWhole = [state, nonce, codeVerifier].every((secret) => /^[\w.~-]{43,128}$/.test(secret))
  const isAgeSound = maxAgeSeconds === undefined || (Number.isInteger(maxAgeSeconds) && maxAgeSeconds >= 0)
  if (!isWhole || !isAgeSound) throw refuse('pending_broken')
  const ageMs = nowMs - Date.parse(startedAt)
  if (!(ageMs <= longestMs && ageMs >= -clockToleranceMs)) throw refuse('pending_expired')
}
