import { ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client'
import { failureOfAnswer, refuse } from '#domain/access/sign-in/refusals.ts'
import type { SignInRefusal } from '#domain/access/sign-in/refusals.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * What openid-client refused, as a Failure. Its error is not kept as the cause: it carries the code, the tokens and the
 * claims it is about.
 */
export function failureOf(error: unknown): Failure {
  const links = chainOf(error)
  const ours = links.find((link) => link instanceof Failure)
  if (ours) return ours
  const answered = links.find((link) => link instanceof ResponseBodyError)
  if (answered) return failureOfAnswer(answered.error, answered.error_description ?? null)
  if (links.some((link) => link instanceof WWWAuthenticateChallengeError)) return refuse('credential')
  return refuse(refusalIn(links))
}

const named: readonly SignInRefusal[] = ['alg', 'iss', 'aud', 'azp', 'nonce', 'exp', 'nbf', 'iat', 'auth_time']

/** openid-client says what it is about only in words; whatever changes in them falls back to a wider refusal. */
function refusalIn(links: readonly unknown[]): SignInRefusal {
  const messages = links.map((link) => (link instanceof Error ? link.message : '')).join('\n')
  const name = /"(\w+)" (?:\(|claim|header)/.exec(messages)?.[1]
  const refusal = named.find((one) => one === name)
  if (refusal !== undefined) return refusal
  if (/time has elapsed/.test(messages)) return 'auth_time'
  return /signature|verification key/.test(messages) ? 'signature' : 'id_token'
}

function chainOf(error: unknown): readonly unknown[] {
  const links: unknown[] = []
  for (let link = error; link !== undefined && link !== null && links.length < 8;) {
    links.push(link)
    link = typeof link === 'object' ? (link as { cause?: unknown }).cause : undefined
  }
  return links
}
