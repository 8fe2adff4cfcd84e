/** What clients ask before the first token. Links lead to the host they asked. */
import type { Reply } from '../graph/reply.ts'
import { jsonReply } from '../graph/reply.ts'
import type { SigningKey } from './signing-key.ts'

/**
 * `/{tenant}/v2.0/.well-known/openid-configuration`. What stands for many tenants has no issuer of its own: it says
 * `{tenantid}`, literally.
 */
export function openIdConfiguration(origin: string, tenant: string, tenantId: string | undefined): Reply {
  const base = `${origin}/${tenant}`
  return jsonReply(200, {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${origin}/${tenantId ?? '{tenantid}'}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: new URL(origin).host,
  })
}

/** `/common/discovery/instance`: this host is the whole cloud. */
export function instanceDiscovery(origin: string): Reply {
  const { host } = new URL(origin)
  return jsonReply(200, {
    tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  })
}

/** `/{tenant}/discovery/v2.0/keys` */
export function signingKeys(key: SigningKey): Reply {
  return jsonReply(200, { keys: [key.publicJwk()] })
}
