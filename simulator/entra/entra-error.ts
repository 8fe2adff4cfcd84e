import { randomUUID } from 'node:crypto'
import type { Reply } from '../graph/reply.ts'

/** A refusal of an endpoint, by its AADSTS number. */
export class EntraError extends Error {
  override readonly name = 'EntraError'
  readonly status: number
  readonly error: string
  readonly code: number

  constructor(status: number, error: string, code: number, message: string) {
    super(message)
    this.status = status
    this.error = error
    this.code = code
  }
}

export const refusals = {
  unknownTenant: (tenant: string) =>
    new EntraError(
      400,
      'invalid_request',
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
    ),
  unknownApp: (app: string, tenant: string) =>
    new EntraError(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${app}' was not found in the directory '${tenant}'.`,
    ),
  wrongSecret: (app: string) =>
    new EntraError(
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app}'.`,
    ),
  noCredential: () =>
    new EntraError(
      401,
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
  badAssertion: (why: string) =>
    new EntraError(
      401,
      'invalid_client',
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application or the signature is invalid. ${why}`,
    ),
  assertionTimes: (why: string) =>
    new EntraError(401, 'invalid_client', 700024, `Client assertion is not within its valid time range. ${why}`),
  assertionClaims: (why: string) => new EntraError(401, 'invalid_client', 700023, `Client assertion ${why}`),
  noFederation: (issuer: string, subject: string) =>
    new EntraError(
      401,
      'invalid_client',
      700213,
      `No matching federated identity record found for presented assertion issuer '${issuer}', subject '${subject}'.`,
    ),
  replayed: () =>
    new EntraError(401, 'invalid_client', 700021, "Client assertion was used before: its 'jti' is known."),
  badScope: (scope: string) =>
    new EntraError(
      400,
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`,
    ),
  badGrant: (grant: string) =>
    new EntraError(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`),
  missing: (parameter: string) =>
    new EntraError(
      400,
      'invalid_request',
      900144,
      `The request body must contain the following parameter: '${parameter}'.`,
    ),
  replyAddress: (redirectUri: string, app: string) =>
    new EntraError(
      400,
      'invalid_request',
      50011,
      `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${app}'.`,
    ),
  notMultiTenant: (app: string) =>
    new EntraError(
      400,
      'invalid_request',
      50194,
      `Application '${app}' is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps.`,
    ),
  badParameter: (parameter: string, allowed: string) =>
    new EntraError(400, 'invalid_request', 90023, `The parameter '${parameter}' must be one of: ${allowed}.`),
  badResponseType: (type: string) =>
    new EntraError(
      400,
      'unsupported_response_type',
      700054,
      `response_type '${type}' is not enabled for the application.`,
    ),
  noSession: () =>
    new EntraError(
      400,
      'login_required',
      50058,
      'A silent sign-in request was sent but no user is signed in. The user must sign in interactively.',
    ),
  denied: () => new EntraError(400, 'access_denied', 65004, 'User declined to consent to access the app.'),
  badPassword: () =>
    new EntraError(400, 'invalid_grant', 50126, 'Error validating credentials due to invalid username or password.'),
  unknownPerson: (userName: string) =>
    new EntraError(400, 'invalid_grant', 50034, `The user account ${userName} does not exist in this directory.`),
  disabledPerson: () => new EntraError(400, 'invalid_grant', 50057, 'The user account is disabled.'),
  unknownCode: () =>
    new EntraError(
      400,
      'invalid_grant',
      70008,
      'The provided authorization code has expired due to inactivity or is not known. Send a new interactive authorization request.',
    ),
  redeemedCode: () =>
    new EntraError(
      400,
      'invalid_grant',
      54005,
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
    ),
  codeOfAnother: () =>
    new EntraError(
      400,
      'invalid_grant',
      700005,
      'Provided Authorization Code is intended to use against other tenant or application.',
    ),
  otherReplyAddress: () =>
    new EntraError(
      400,
      'invalid_grant',
      500112,
      'The reply address does not match the reply address provided when requesting the authorization code.',
    ),
  wrongVerifier: () =>
    new EntraError(
      400,
      'invalid_grant',
      501481,
      'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
    ),
} as const

/** The text of a refusal, as it stands in answers and redirects. */
export function errorDescription({ code, message }: EntraError, now: number): string {
  return `AADSTS${code}: ${message} ${idsAt(now, randomUUID(), randomUUID())}`
}

function idsAt(now: number, traceId: string, correlationId: string): string {
  return `Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestampOf(now)}`
}

function timestampOf(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`
}

export function entraErrorReply({ status, error, code, message }: EntraError, now: number): Reply {
  const [traceId, correlationId] = [randomUUID(), randomUUID()]
  const timestamp = timestampOf(now)
  const ids = idsAt(now, traceId, correlationId)
  const body = {
    error,
    error_description: `AADSTS${code}: ${message} ${ids}`,
    error_codes: [code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  }
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, text: JSON.stringify(body) }
}
