/** Why a sign-in was refused, with what the person can do. Nothing that came from outside is repeated. */
import { Failure } from '#foundation/kernel/failure.ts'

const again = 'Start again; if it happens again, tell your administrator.'

const sentences = {
  pending_expired: 'This sign-in took longer than ten minutes. Start again.',
  pending_broken: `This sign-in cannot be finished: what was kept of its beginning is damaged. ${again}`,
  state:
    'This sign-in was not begun in this browser, or another one was begun since. Start again from the sign-in page.',
  callback: `What came back from Microsoft Entra is not the answer to a sign-in. ${again}`,
  mixed_up: `Another service than the one you were sent to has answered. ${again}`,
  cancelled: 'The sign-in was cancelled at Microsoft. Start again when you want to sign in.',
  no_consent:
    'Your organization does not let you use TenantAtlas yet. Ask an administrator of your tenant to consent to it, then start again.',
  entra: `Microsoft Entra did not let you in. ${again}`,
  credential:
    "Microsoft Entra refused TenantAtlas's own credential. An administrator has to renew TENANTATLAS_ENTRA_CLIENT_SECRET or the certificate, and check TENANTATLAS_ENTRA_CLIENT_ID.",
  redirect_uri:
    'Microsoft Entra does not know the address it was to send you back to. An administrator has to add it to the redirect URIs of the app registration, and check TENANTATLAS_PUBLIC_URL.',
  code: 'This sign-in was finished before, or took too long. Start again.',
  id_token: `What Microsoft Entra answered is not a valid ID token. ${again}`,
  signature: `The ID token was not signed by Microsoft Entra. ${again}`,
  alg: `The ID token is signed in a way that is not accepted. ${again}`,
  iss: `The ID token was not issued by the tenant it names. ${again}`,
  aud: `The ID token is for another application. ${again}`,
  azp: `The ID token is for another application. ${again}`,
  ver: 'The ID token is not of version 2.0. An administrator has to set TENANTATLAS_ENTRA_AUTHORITY to an address without /v1.',
  nonce: `The ID token belongs to another sign-in. ${again}`,
  exp: 'The ID token has expired. Start again; if it happens again, check the clock of the server.',
  nbf: 'The ID token is not valid yet. Check the clock of the server, then start again.',
  iat: 'The ID token was not issued just now. Check the clock of the server, then start again.',
  auth_time:
    'You have to prove again who you are: sign in anew when Microsoft asks. If it did not ask, an administrator has to add the optional claim auth_time to the ID token of the app registration.',
  tid: `Microsoft Entra does not say which tenant you belong to. ${again}`,
  oid: `Microsoft Entra does not say who you are. ${again}`,
  tenant:
    'People of your tenant may not sign in here. Use an account of another tenant, or ask an administrator to add yours to TENANTATLAS_ENTRA_ALLOWED_TENANTS.',
} as const satisfies Record<string, string>

export type SignInRefusal = keyof typeof sentences

/** `code` is Entra's own, such as AADSTS50126, for the log and for who looks it up. */
export function refuse(why: SignInRefusal, code?: string): Failure {
  const sentence = code === undefined ? sentences[why] : `${sentences[why]} (${code})`
  return new Failure('authentication_failed', sentence, { detail: { why, ...(code !== undefined && { code }) } })
}

/** Entra's own errors mean one of ours, whether they come through the browser or from the token endpoint. */
const ofErrors: Readonly<Record<string, SignInRefusal>> = {
  access_denied: 'cancelled',
  consent_required: 'no_consent',
  invalid_grant: 'code',
  invalid_client: 'credential',
  unauthorized_client: 'credential',
}

const ofCodes: Readonly<Record<string, SignInRefusal>> = {
  AADSTS65001: 'no_consent',
  AADSTS90094: 'no_consent',
  AADSTS50011: 'redirect_uri',
  AADSTS500112: 'redirect_uri',
}

/** @returns a Failure for an error that Entra answered with; its words are not repeated, they may be anybody's */
export function failureOfAnswer(error: string, description: string | null): Failure {
  const code = /\bAADSTS\d{4,8}\b/.exec(description ?? '')?.[0]
  if (error === 'server_error' || error === 'temporarily_unavailable') {
    const words = 'Microsoft Entra cannot sign anybody in at the moment. Try again in a few minutes.'
    return new Failure('dependency_unreachable', words, { detail: { why: 'overloaded' } })
  }
  return refuse((code === undefined ? undefined : ofCodes[code]) ?? ofErrors[error] ?? 'entra', code)
}
