/**
 * Sign-in with Microsoft Entra, the side of TenantAtlas: sends a person there and reads what comes back. Keeps nothing
 * between the two but what it hands out as `pending`, which the caller binds to the browser and uses once.
 *
 * What always holds: the code flow with PKCE S256, state and nonce; the ID token is signed by a published key with RS256
 * or PS256, issued by the person's own tenant to this application, now; a person is issuer, tenant and object id, never an
 * e-mail address, a user name or a subject. The access token that comes along is dropped.
 */
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import { readCallback } from '#domain/access/sign-in/callback.ts'
import type { AppCredential } from '#domain/access/sign-in/client-authentication.ts'
import { readAuthority } from '#domain/access/sign-in/entra-authority.ts'
import { createProvider } from '#domain/access/sign-in/entra-provider.ts'
import type { PersonIdentity } from '#domain/access/sign-in/identity.ts'
import { identityFrom } from '#domain/access/sign-in/identity.ts'
import { failureOf } from '#domain/access/sign-in/provider-failure.ts'
import { checkPending } from '#domain/access/sign-in/pending.ts'
import type { PendingSignIn } from '#domain/access/sign-in/pending.ts'
import { readRedirectUri } from '#domain/access/sign-in/redirect-uri.ts'

export interface EntraSignInOptions {
  /** `https://login.microsoftonline.com/organizations`, or one tenant by its id; plain http on this machine only. */
  readonly authority: string
  readonly clientId: string
  readonly credential: AppCredential
  /** Where Entra sends people back to: an address of ours, without query. */
  readonly redirectUri: string
  /** Ids of the tenants whose people may sign in; none: of every tenant. */
  readonly allowedTenants?: readonly string[]
  readonly fetch?: typeof fetch
  readonly now?: () => number
  /** For each request to Entra; default 10,000. */
  readonly timeoutMs?: number
}

export interface SignInWishes {
  readonly prompt?: 'login' | 'select_account'
  /** The person must have proved themselves at most so long ago: 300 or less for a step-up, 0 for now. */
  readonly maxAgeSeconds?: number
  /** The user name to start with. */
  readonly loginHint?: string
}

export interface EntraSignIn {
  /** Where to send the person, and what to keep until they are back. */
  begin(wishes?: SignInWishes): Promise<{ readonly url: string; readonly pending: PendingSignIn }>
  /**
   * Who came back. `callbackUrl` is the whole address the browser asked for. The caller forgets `pending` before: it
   * serves one attempt.
   * @throws Failure `authentication_failed` when the answer is refused, `dependency_unreachable` when Entra is not there
   */
  finish(answer: { readonly callbackUrl: string | URL; readonly pending: PendingSignIn }): Promise<PersonIdentity>
}

/** @throws Failure `missing_configuration` for an address or a credential that cannot be used */
export function entraSignIn(options: EntraSignInOptions): EntraSignIn {
  const { now = Date.now } = options
  const authority = readAuthority(options.authority)
  const redirectUri = readRedirectUri(options.redirectUri)
  const provider = createProvider({ ...options, authority, now })

  return {
    async begin({ prompt, maxAgeSeconds, loginHint } = {}) {
      const codeVerifier = randomPKCECodeVerifier()
      const pending: PendingSignIn = {
        state: randomState(),
        nonce: randomNonce(),
        codeVerifier,
        startedAt: new Date(now()).toISOString(),
        ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
      }
      const parameters = {
        redirect_uri: redirectUri,
        scope: 'openid profile',
        response_mode: 'query',
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        state: pending.state,
        nonce: pending.nonce,
        ...(prompt !== undefined && { prompt }),
        ...(maxAgeSeconds !== undefined && { max_age: String(maxAgeSeconds) }),
        ...(loginHint !== undefined && { login_hint: loginHint }),
      }
      const url = await provider.use((client) => buildAuthorizationUrl(client, parameters))
      return { url: url.href, pending }
    },

    async finish({ callbackUrl, pending }) {
      checkPending(pending, now())
      const { code, issuer } = readCallback(callbackUrl, { redirectUri, state: pending.state, authority })
      const address = new URL(redirectUri)
      address.search = new URLSearchParams({ code, state: pending.state }).toString()
      const checks = {
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.codeVerifier,
        idTokenExpected: true,
        ...(pending.maxAgeSeconds !== undefined && { maxAge: pending.maxAgeSeconds }),
      }
      const claims = await provider.use(async (client) => {
        try {
          return (await authorizationCodeGrant(client, address, checks)).claims()
        } catch (error) {
          throw failureOf(error)
        }
      })
      return identityFrom(claims, {
        authority,
        clientId: options.clientId,
        allowedTenants: options.allowedTenants ?? [],
        answeringIssuer: issuer,
        isTimeAsked: pending.maxAgeSeconds !== undefined,
        nowSeconds: now() / 1_000,
      })
    },
  }
}
