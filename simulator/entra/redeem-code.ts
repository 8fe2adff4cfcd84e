/** `grant_type=authorization_code`: a code for an ID token and an access token. */
import { createHash, randomUUID } from 'node:crypto'
import type { Reply } from '../graph/reply.ts'
import { findRegistration } from '../state/app-registration.ts'
import type { Cloud } from '../state/cloud.ts'
import type { SimApp } from '../world.ts'
import type { AuthorizationCodes, SignedInFor } from './authorization-codes.ts'
import { audienceOf } from './authorize-request.ts'
import type { CredentialCheck } from './client-credential.ts'
import { refusals } from './entra-error.ts'
import type { SigningKey } from './signing-key.ts'
import { jsonTokenReply } from './token-reply.ts'

export interface CodeRequest {
  readonly tenantName: string
  readonly form: URLSearchParams
  readonly host: string
  /** Scheme and host as the client asked: what issuers begin with. */
  readonly origin: string
}

interface Deps {
  readonly cloud: Cloud
  readonly key: SigningKey
  readonly codes: AuthorizationCodes
  readonly checkCredential: CredentialCheck
}

const lifetimeSeconds = 3600

/** @throws EntraError */
export function redeemCode(deps: Deps, request: CodeRequest): Reply {
  const { cloud, key } = deps
  const app = provenApp(deps, request)
  const signedIn = redeem(deps, request, app)
  const issuedAt = Math.floor(cloud.clock.now() / 1000)
  const times = { iat: issuedAt, nbf: issuedAt, exp: issuedAt + lifetimeSeconds }
  return jsonTokenReply({
    token_type: 'Bearer',
    scope: signedIn.scopes.join(' '),
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: key.sign({ ...accessClaims(signedIn), ...times, app_displayname: app.name }),
    ...(signedIn.scopes.includes('openid') && {
      id_token: key.sign({ ...idClaims(request.origin, signedIn), ...times }),
    }),
  })
}

function provenApp({ cloud, checkCredential }: Deps, { tenantName, form, host }: CodeRequest): SimApp {
  const audience = audienceOf(cloud, tenantName)
  const clientId = form.get('client_id') ?? ''
  const app = findRegistration(cloud.tenants, clientId)
  if (!app) throw refusals.unknownApp(clientId, tenantName)
  const tenantNames = audience === 'anyTenant' ? [tenantName] : [audience.tenant.id, audience.tenant.domain]
  checkCredential({ form, host, tenantNames }, app)
  return app
}

function redeem({ cloud, codes }: Deps, { tenantName, form }: CodeRequest, { clientId }: SimApp): SignedInFor {
  for (const needed of ['code', 'redirect_uri']) if (!form.get(needed)) throw refusals.missing(needed)
  const [code = '', redirectUri = '', codeVerifier = ''] = ['code', 'redirect_uri', 'code_verifier'].map(
    (name) => form.get(name) ?? '',
  )
  const signedIn = codes.redeem({ code, clientId, redirectUri, codeVerifier })
  const audience = audienceOf(cloud, tenantName)
  if (audience !== 'anyTenant' && audience.tenant.id !== signedIn.tenant.id) throw refusals.codeOfAnother()
  return signedIn
}

/** The claims of version 2.0. `sub` is one per person and app; the e-mail address comes only when asked for. */
function idClaims(origin: string, { tenant, person, clientId, scopes, nonce, authTime }: SignedInFor) {
  return {
    aud: clientId,
    iss: `${origin}/${tenant.id}/v2.0`,
    ...(scopes.includes('profile') && { name: person.name, preferred_username: person.userName }),
    ...(scopes.includes('email') && { email: person.email }),
    ...(nonce !== undefined && { nonce }),
    ...(authTime !== undefined && { auth_time: authTime }),
    amr: ['pwd'],
    oid: person.id,
    sub: subjectOf(clientId, person.id),
    tid: tenant.id,
    uti: randomUUID(),
    ver: '2.0',
  }
}

function accessClaims({ tenant, person, clientId, scopes }: SignedInFor) {
  return {
    aud: 'https://graph.microsoft.com',
    iss: `https://sts.windows.net/${tenant.id}/`,
    appid: clientId,
    idtyp: 'user',
    oid: person.id,
    scp: scopes.join(' '),
    sub: subjectOf('graph', person.id),
    tid: tenant.id,
    uti: randomUUID(),
    ver: '1.0',
  }
}

function subjectOf(clientId: string, objectId: string): string {
  return createHash('sha256').update(`${clientId} ${objectId}`).digest('base64url')
}
