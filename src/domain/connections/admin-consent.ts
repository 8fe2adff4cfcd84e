/**
 * Admin consent for a multi-tenant app: the link an administrator of the tenant follows, and what comes back. The answer
 * travels through a browser and is signed by nobody: it says that it is time to look, and `connection verify` looks.
 */
import { callbackParameters } from '#domain/access/sign-in/callback-parameters.ts'
import { readRedirectUri } from '#domain/access/sign-in/redirect-uri.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import { clouds, originOf } from '#graph/client/clouds.ts'

export interface AdminConsentRequest {
  /** Where the tenant signs in: `https://login.microsoftonline.com`; a path behind it is not used. */
  readonly authority: string
  readonly clientId: string
  /** The Entra tenant whose administrator is asked. */
  readonly tenantId: string
  readonly redirectUri: string
  /** Random, bound to who asked, used once. */
  readonly state: string
  /** Default: every application permission the app registered for Microsoft Graph. */
  readonly scope?: string
}

/** @throws Failure `missing_configuration` for addresses that cannot be used, `invalid_input` for ids that are none */
export function adminConsentLink(request: AdminConsentRequest): string {
  const { authority, clientId, tenantId, redirectUri, state, scope = `${clouds.global.graphUrl}/.default` } = request
  for (const [name, id] of [
    ['client', clientId],
    ['tenant', tenantId],
  ] as const)
    if (!isUuid(id)) throw new Failure('invalid_input', `The ${name} id for admin consent must be a UUID.`)
  const origin = originOf(URL.parse(authority)?.origin ?? '', 'sign-in')
  const url = new URL(`/${tenantId}/v2.0/adminconsent`, origin)
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: readRedirectUri(redirectUri),
    state,
    scope,
  }).toString()
  return url.href
}

export interface ExpectedConsent {
  readonly redirectUri: string
  readonly state: string
  readonly tenantId: string
}

/**
 * The tenant that consented, when it is the one that was asked.
 * @throws Failure `permission_denied` when it was refused, `invalid_state` when it is another tenant or not our answer
 */
export function readAdminConsentAnswer(
  callbackUrl: string | URL,
  expected: ExpectedConsent,
): { readonly tenantId: string; readonly scope: string | null } {
  const answer = callbackParameters(callbackUrl, readRedirectUri(expected.redirectUri))
  if (answer === undefined) throw notOurs('What came back from Microsoft Entra is not the answer to a consent.')
  if (expected.state === '' || answer.get('state') !== expected.state)
    throw notOurs('This consent was not asked for in this browser, or another one was asked for since.')
  if (answer.has('error')) throw refused(answer)
  if (answer.get('admin_consent')?.toLowerCase() !== 'true')
    throw notOurs('Microsoft Entra does not say that consent was given.')
  return { tenantId: checkedTenant(answer.get('tenant') ?? '', expected.tenantId), scope: answer.get('scope') }
}

function checkedTenant(answered: string, expected: string): string {
  if (!isUuid(answered)) throw notOurs('Microsoft Entra does not say which tenant consented.')
  if (answered.toLowerCase() === expected.toLowerCase()) return answered.toLowerCase()
  throw new Failure(
    'invalid_state',
    `Consent was given in the tenant ${answered}, not in ${expected}. Follow the link as an administrator of ${expected}, and remove the application from the other tenant.`,
    { detail: { why: 'tenant' } },
  )
}

/** What Entra says about it stays out of the message: it came through a browser and may be anybody's words. */
function refused(answer: URLSearchParams): Failure {
  const code = /\bAADSTS\d{4,8}\b/.exec(answer.get('error_description') ?? '')?.[0]
  const words =
    answer.get('error') === 'access_denied'
      ? 'The administrator did not consent, so nothing was granted. Ask again when they will.'
      : 'Microsoft Entra refused the consent. Check the client id and the redirect URIs of the app registration, and that an administrator of the tenant followed the link.'
  return new Failure('permission_denied', code === undefined ? words : `${words} (${code})`, {
    detail: { why: 'refused', ...(code !== undefined && { code }) },
  })
}

function notOurs(sentence: string): Failure {
  return new Failure('invalid_state', `${sentence} Ask for consent again.`, { detail: { why: 'answer' } })
}
