/** `POST /{tenant}/oauth2/v2.0/token` for client credentials. */
import { randomUUID } from 'node:crypto'
import type { Reply } from '../graph/reply.ts'
import { findTenant } from '../state/cloud.ts'
import type { Cloud } from '../state/cloud.ts'
import type { SimApp, SimTenant } from '../world.ts'
import { checkClientAssertion, comparable } from './client-assertion.ts'
import { refusals } from './entra-error.ts'
import type { SigningKey } from './signing-key.ts'

export interface TokenRequest {
  /** As it stands in the path: id or domain. */
  readonly tenantName: string
  readonly form: URLSearchParams
  /** The host the client asked, with its port. */
  readonly host: string
}

export interface Issued {
  readonly tenant: SimTenant
  readonly app: SimApp
  readonly reply: Reply
}

export interface TokenEndpoint {
  /** The tenant and app a request names, as far as they exist; for the journal and fault patterns. */
  identify(request: TokenRequest): { tenant: SimTenant | undefined; app: SimApp | undefined }
  /** @throws EntraError */
  issue(request: TokenRequest): Issued
}

export function createTokenEndpoint(cloud: Cloud, key: SigningKey): TokenEndpoint {
  const usedAssertions = new Set<string>()

  function identify({ tenantName, form }: TokenRequest) {
    const tenant = findTenant(cloud, tenantName)
    return { tenant, app: tenant?.apps.get((form.get('client_id') ?? '').toLowerCase()) }
  }

  function issue(request: TokenRequest): Issued {
    const { form, tenantName } = request
    const { tenant, app } = identify(request)
    const grant = form.get('grant_type') ?? ''
    if (!form.get('client_id')) throw refusals.missing('client_id')
    if (grant !== 'client_credentials') throw refusals.badGrant(grant)
    if (!tenant) throw refusals.unknownTenant(tenantName)
    if (!app) throw refusals.unknownApp(form.get('client_id') ?? '', tenant.name)
    const scope = form.get('scope') ?? ''
    if (!scope.endsWith('/.default')) throw refusals.badScope(scope)
    checkCredential(request, tenant, app)
    return { tenant, app, reply: tokenReply(tenant, app, scope) }
  }

  function checkCredential({ form, host }: TokenRequest, tenant: SimTenant, app: SimApp): void {
    const secret = form.get('client_secret')
    if (secret !== null) {
      if (secret === app.secret) return
      throw refusals.wrongSecret(app.clientId)
    }
    const assertion = form.get('client_assertion')
    if (assertion === null) throw refusals.noCredential()
    const audiences = [tenant.id, tenant.domain].flatMap((name) => audiencesOf(host, name))
    checkClientAssertion(assertion, { app, audiences, now: cloud.clock.now(), usedIds: usedAssertions })
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
    const body = {
      token_type: 'Bearer',
      expires_in: lifetime,
      ext_expires_in: lifetime,
      access_token: key.sign(claims),
    }
    return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, text: JSON.stringify(body) }
  }

  return { identify, issue }
}

function audiencesOf(host: string, tenant: string): string[] {
  const paths = ['oauth2/v2.0/token', 'v2.0', 'oauth2/token', '']
  return paths.map((path) => comparable(`${host}/${tenant}/${path}`))
}
