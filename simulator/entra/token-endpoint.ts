/** `POST /{tenant}/oauth2/v2.0/token`: for an app by itself, or for a person who signed in to it. */
import { randomUUID } from 'node:crypto'
import type { Reply } from '../graph/reply.ts'
import { findRegistration } from '../state/app-registration.ts'
import { findTenant } from '../state/cloud.ts'
import type { Cloud } from '../state/cloud.ts'
import type { SimApp, SimTenant } from '../world.ts'
import type { AuthorizationCodes } from './authorization-codes.ts'
import { createCredentialCheck } from './client-credential.ts'
import { refusals } from './entra-error.ts'
import type { CodeRequest } from './redeem-code.ts'
import { redeemCode } from './redeem-code.ts'
import type { SigningKey } from './signing-key.ts'
import { jsonTokenReply } from './token-reply.ts'

/** `tenantName` is an id, a domain, or `common` or `organizations` for a code. */
export type TokenRequest = CodeRequest

export interface TokenEndpoint {
  /** The tenant and app a request names, as far as they exist; for the journal and fault patterns. */
  identify(request: TokenRequest): { tenant: SimTenant | undefined; app: SimApp | undefined }
  /** @throws EntraError */
  issue(request: TokenRequest): Reply
}

export function createTokenEndpoint(cloud: Cloud, key: SigningKey, codes: AuthorizationCodes): TokenEndpoint {
  const checkCredential = createCredentialCheck(cloud)

  function identify({ tenantName, form }: TokenRequest) {
    const tenant = codes.find(form.get('code') ?? '')?.tenant ?? findTenant(cloud, tenantName)
    const clientId = (form.get('client_id') ?? '').toLowerCase()
    return { tenant, app: tenant?.apps.get(clientId) ?? findRegistration(cloud.tenants, clientId) }
  }

  function issue(request: TokenRequest): Reply {
    const { form } = request
    const grant = form.get('grant_type') ?? ''
    if (!form.get('client_id')) throw refusals.missing('client_id')
    if (grant === 'authorization_code') return redeemCode({ cloud, key, codes, checkCredential }, request)
    if (grant === 'client_credentials') return issueToApp(request)
    throw refusals.badGrant(grant)
  }

  function issueToApp({ form, tenantName, host }: TokenRequest): Reply {
    const tenant = findTenant(cloud, tenantName)
    const clientId = form.get('client_id') ?? ''
    if (!tenant) throw refusals.unknownTenant(tenantName)
    const app = tenant.apps.get(clientId.toLowerCase())
    if (!app) throw refusals.unknownApp(clientId, tenant.name)
    const scope = form.get('scope') ?? ''
    if (!scope.endsWith('/.default')) throw refusals.badScope(scope)
    checkCredential({ form, host, tenantNames: [tenant.id, tenant.domain] }, app)
    return tokenReply(tenant, app, scope)
  }

  function tokenReply(tenant: SimTenant, app: SimApp, scope: string): Reply {
    const lifetime = cloud.settings.tokenLifetimeSeconds
    const issuedAt = Math.floor(cloud.clock.now() / 1000)
    const claims = {
      aud: scope.replace(/\/\.default$/, ''),
      iss: `https://sts.windows.net/${tenant.id}/`,
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + lifetime,
      appid: app.clientId,
      app_displayname: app.name,
      idtyp: 'app',
      // Without a granted permission the claim is left out, as Entra does.
      ...(app.permissions.length === 0 ? {} : { roles: app.permissions }),
      tid: tenant.id,
      uti: randomUUID(),
      ver: '1.0',
    }
    return jsonTokenReply({
      token_type: 'Bearer',
      expires_in: lifetime,
      ext_expires_in: lifetime,
      access_token: key.sign(claims),
    })
  }

  return { identify, issue }
}
