import { callbackParameters } from '#domain/access/sign-in/callback-parameters.ts'
import type { EntraAuthority } from '#domain/access/sign-in/entra-authority.ts'
import { issuerOf } from '#domain/access/sign-in/entra-authority.ts'
import { failureOfAnswer, refuse } from '#domain/access/sign-in/refusals.ts'
import { isUuid } from '#foundation/kernel/ids.ts'

export interface ExpectedCallback {
  readonly redirectUri: string
  readonly state: string
  readonly authority: EntraAuthority
}

/** What never comes back in a code flow: somebody else put it there. */
const foreignParameters = ['id_token', 'access_token', 'token', 'refresh_token', 'response']

/**
 * What Entra sent back through the browser, where everybody could touch it: each parameter once, to our address, for the
 * sign-in that was begun here. `issuer` is who claims to answer, where it is said.
 * @throws Failure `authentication_failed`
 */
export function readCallback(
  callbackUrl: string | URL,
  { redirectUri, state, authority }: ExpectedCallback,
): { readonly code: string; readonly issuer: string | undefined } {
  const parameters = parametersOf(callbackUrl, redirectUri)
  if (parameters.get('state') !== state) throw refuse('state')
  const issuer = parameters.get('iss') ?? undefined
  if (issuer !== undefined && !isOneOf(authority, issuer)) throw refuse('mixed_up')
  const code = parameters.get('code')
  const error = parameters.get('error')
  if (error !== null)
    throw code === null ? failureOfAnswer(error, parameters.get('error_description')) : refuse('callback')
  if (!code) throw refuse('callback')
  return { code, issuer }
}

function parametersOf(callbackUrl: string | URL, redirectUri: string): URLSearchParams {
  const parameters = callbackParameters(callbackUrl, redirectUri)
  if (parameters === undefined || foreignParameters.some((name) => parameters.has(name))) throw refuse('callback')
  return parameters
}

function isOneOf(authority: EntraAuthority, issuer: string): boolean {
  const tenantId = /^.*\/([^/]+)\/v2\.0$/.exec(issuer)?.[1] ?? ''
  return isUuid(tenantId) && issuer === issuerOf(authority, tenantId)
}
