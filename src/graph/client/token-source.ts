/**
 * Access tokens of one app registration in one tenant, by MSAL over a network client that can reach nothing but the
 * token endpoint. Tokens live in memory only. Whatever goes wrong, the endpoint is not stormed: one request at a time,
 * and a refusal is remembered.
 */
import { ConfidentialClientApplication, LogLevel } from '@azure/msal-node'
import type { Log } from '#foundation/observability/log.ts'
import type { Clock } from '#graph/client/clock.ts'
import type { Endpoints } from '#graph/client/clouds.ts'
import { problemOfTokenError } from '#graph/client/entra-problems.ts'
import type { GraphProblem, Read } from '#graph/client/graph-client.ts'
import { problem, read, unread } from '#graph/client/problems.ts'
import { backoffMs } from '#graph/client/retry-after.ts'
import { createTokenNetwork, TokenEndpointUnreachable } from '#graph/client/token-network.ts'

/** How an app registration proves itself. */
export type ClientCredential = { readonly clientId: string } & (
  | { readonly kind: 'secret'; readonly secret: string }
  | {
      readonly kind: 'certificate'
      readonly privateKeyPem: string
      readonly certificatePem: string
      /** Hexadecimal. */
      readonly thumbprintSha256: string
    }
  /** The platform signs for it: a token of the platform stands in for what the app would sign itself. */
  | { readonly kind: 'federated'; readonly readAssertion: () => Promise<string> }
)

export interface TokenSource {
  /** A token that is valid for a while yet. Rejects only when the signal aborts. */
  get(signal: AbortSignal): Promise<Read<string>>
  /**
   * Graph refused `rejected`: another token, once. When the new one is refused too, nothing more is asked for: the
   * cause is not the token's age.
   */
  renew(rejected: string, signal: AbortSignal): Promise<Read<string>>
}

export interface TokenSourceOptions {
  readonly endpoints: Endpoints
  readonly entraTenantId: string
  readonly credential: ClientCredential
  readonly timeoutMs: number
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}

interface Held {
  readonly token: string
  readonly renewAtMs: number
  /** Asked for because Graph refused the one before. */
  readonly isSecond: boolean
}

const longestLeadMs = 5 * 60_000
const refusalRememberedMs = 60_000
const outageRememberedMs = 10_000
const maxAttempts = 3

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { clock } = options
  const acquire = createAcquire(options)
  let held: Held | undefined
  let refusal: { readonly problem: GraphProblem; readonly untilMs: number } | undefined
  let inFlight: Promise<Read<string>> | undefined

  const ask = (isSecond: boolean): Promise<Read<string>> => {
    inFlight ??= acquire(isSecond)
      .then((result) => {
        if (result.state === 'unread') {
          const rememberedMs = result.problem.code === 'graph_unauthorized' ? refusalRememberedMs : outageRememberedMs
          refusal = { problem: result.problem, untilMs: clock.now() + rememberedMs }
          return result
        }
        held = result.value
        return read(result.value.token)
      })
      .finally(() => {
        inFlight = undefined
      })
    return inFlight
  }
  const remembered = () =>
    refusal !== undefined && clock.now() < refusal.untilMs ? unread(refusal.problem) : undefined

  return {
    async get(signal) {
      signal.throwIfAborted()
      if (held !== undefined && clock.now() < held.renewAtMs) return read(held.token)
      return remembered() ?? ask(false)
    },
    async renew(rejected, signal) {
      signal.throwIfAborted()
      if (held !== undefined && held.token !== rejected) return read(held.token)
      if (held?.isSecond === true) {
        held = undefined
        refusal = { problem: refusedTwice, untilMs: clock.now() + refusalRememberedMs }
      }
      return remembered() ?? ask(true)
    },
  }
}

const refusedTwice = problem(
  'graph_unauthorized',
  'Microsoft Graph refused a new access token too. Check that the app registration still exists in this tenant, has admin consent, and that the clock of this machine is right.',
)

type Acquire = (isSecond: boolean) => Promise<Read<Held>>

function createAcquire(options: TokenSourceOptions): Acquire {
  const { clock, log } = options
  let app: ConfidentialClientApplication | undefined
  const scopes = [`${options.endpoints.graphUrl}/.default`]
  const never = new AbortController().signal

  return async (isSecond) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // MSAL's own cache cannot know that Graph refused a token, so it is never asked.
        app ??= createApp(options)
        const result = await app.acquireTokenByClientCredential({ scopes, skipCache: true })
        // MSAL takes any JSON without an error for a success.
        if (!result?.accessToken) throw new TokenEndpointUnreachable('an answer without a token')
        return read({ token: result.accessToken, renewAtMs: clock.now() + freshForMs(result.expiresOn), isSecond })
      } catch (error) {
        const found = problemOfTokenError(error, options)
        log.warn({ code: found.graphCode ?? found.code, attempt }, 'access token refused')
        if (found.code !== 'graph_unavailable' || attempt === maxAttempts) return unread(found)
        await clock.sleep(backoffMs(attempt, options.random()), never)
      }
    }
  }
}

/** Until five minutes before the end, or a tenth of a short life. */
function freshForMs(expiresOn: Date | null): number {
  // MSAL counted the end from the system's time, whatever clock this client was given.
  const lifetimeMs = (expiresOn?.getTime() ?? 0) - Date.now()
  return lifetimeMs - Math.min(longestLeadMs, lifetimeMs / 10)
}

function createApp(options: TokenSourceOptions): ConfidentialClientApplication {
  const { credential, endpoints, entraTenantId, timeoutMs } = options
  // MSAL speaks only https. The network client puts the real scheme back, which is plain only on this machine.
  const host = new URL(endpoints.authorityUrl).host
  const authority = `https://${host}/${entraTenantId}`
  return new ConfidentialClientApplication({
    auth: {
      clientId: credential.clientId,
      authority,
      knownAuthorities: [host],
      // Given, so that MSAL discovers nothing: a token is one request.
      authorityMetadata: JSON.stringify({
        issuer: `${authority}/v2.0`,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        token_endpoint: `${authority}/oauth2/v2.0/token`,
        jwks_uri: `${authority}/discovery/v2.0/keys`,
      }),
      ...secretOf(credential),
    },
    system: {
      networkClient: createTokenNetwork({ authorityUrl: endpoints.authorityUrl, entraTenantId, timeoutMs }),
      // MSAL's messages may quote what they are about; ours say what happened.
      loggerOptions: { logLevel: LogLevel.Error, piiLoggingEnabled: false, loggerCallback: () => undefined },
    },
  })
}

function secretOf(credential: ClientCredential) {
  if (credential.kind === 'secret') return { clientSecret: credential.secret }
  if (credential.kind === 'federated') return { clientAssertion: credential.readAssertion }
  const { thumbprintSha256, privateKeyPem, certificatePem } = credential
  return { clientCertificate: { thumbprintSha256, privateKey: privateKeyPem, x5c: certificatePem } }
}

/** The application permissions in the token of an app: what a tenant's administrator consented to. */
export async function readRoles(tokens: TokenSource, signal: AbortSignal): Promise<Read<readonly string[]>> {
  const token = await tokens.get(signal)
  if (token.state === 'unread') return token
  const roles = rolesOf(token.value)
  return roles === undefined ? unread(opaqueToken) : read(roles)
}

const opaqueToken = problem('graph_bad_response', 'The access token does not show which permissions were granted.')

/** The `roles` of a token, or undefined when it is not one we can look into. Not a check of the token. */
function rolesOf(token: string): readonly string[] | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    if (typeof claims !== 'object' || claims === null) return undefined
    // Without any consent a token has no roles at all (REPORT.md, 4.4).
    const roles: unknown = 'roles' in claims ? claims.roles : []
    return Array.isArray(roles) ? roles.filter((role): role is string => typeof role === 'string') : undefined
  } catch {
    return undefined
  }
}
