import { AuthError } from '@azure/msal-node'
import type { Endpoints } from '#graph/client/clouds.ts'
import type { GraphProblem } from '#graph/client/graph-client.ts'
import { problem } from '#graph/client/problems.ts'
import { TokenEndpointUnreachable } from '#graph/client/token-network.ts'

/** What to do about the refusals people meet; the code is kept for everything else. */
const sentences: Readonly<Record<string, string>> = {
  AADSTS7000215:
    'The client secret of this connection is wrong. Copy the secret value, not the secret id, of a valid secret.',
  AADSTS7000222: 'The client secret of this connection has expired. Make a new one, or better use a certificate.',
  AADSTS700016:
    'The application of this connection does not exist in this tenant. Check client id and tenant id, and give admin consent.',
  AADSTS700027:
    'The certificate of this connection was refused. Upload its public part to the app registration and check that it has not expired.',
  AADSTS700213:
    'The app registration of this connection has no federated credential for the token of this host. Compare its issuer and subject.',
  AADSTS700024: 'The client assertion is not valid at this time. Check the clock of this machine.',
  AADSTS90002: 'This tenant does not exist. Check the tenant id and the cloud of the connection.',
  AADSTS900023: 'The tenant id of this connection is not a tenant id or domain.',
  AADSTS7000112:
    'The application of this connection is disabled in this tenant. Enable it under Enterprise applications.',
  AADSTS65001: 'Nobody has given admin consent to the application of this connection in this tenant.',
  AADSTS53003: 'A Conditional Access policy for workload identities blocks the application of this connection.',
}

/** Why there is no token. */
export function problemOfTokenError(
  error: unknown,
  target: { readonly endpoints: Endpoints; readonly entraTenantId: string },
): GraphProblem {
  if (isUnreachable(error)) {
    const host = new URL(target.endpoints.authorityUrl).host
    return problem('graph_unavailable', `The sign-in service ${host} could not be reached, or did not answer as one.`)
  }
  const graphCode = entraCodeOf(error)
  const sentence = graphCode === undefined ? undefined : sentences[graphCode]
  return problem('graph_unauthorized', sentence ?? generalSentence(graphCode), { graphCode })
}

function isUnreachable(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof TokenEndpointUnreachable) return true
  }
  // MSAL keeps only the message of what its network client threw, and the status of a 429 or 5xx; for a while after
  // one of those it does not ask again and throws an error without a code.
  if (!(error instanceof AuthError)) return false
  const status: unknown = 'status' in error ? error.status : undefined
  const isOverloaded = typeof status === 'number' && (status === 429 || status >= 500)
  return isOverloaded || error.errorCode === 'network_error' || error.errorCode === ''
}

function generalSentence(code: string | undefined): string {
  return `Microsoft Entra refused to sign in (${code ?? 'no code'}). Check tenant id, client id and credential of the connection.`
}

function entraCodeOf(error: unknown): string | undefined {
  const text = error instanceof AuthError ? `${error.errorMessage} ${error.errorCode}` : String(error)
  return /AADSTS\d{4,8}/.exec(text)?.[0] ?? (error instanceof AuthError ? error.errorCode : undefined)
}
