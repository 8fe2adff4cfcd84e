import type { EntraAuthority } from '#domain/access/sign-in/entra-authority.ts'
import { authorityPath, issuerOf } from '#domain/access/sign-in/entra-authority.ts'
import type { GuardedFetch } from '#domain/access/sign-in/guarded-fetch.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** What is used of the discovery document; a type, for openid-client takes records. */
export type EntraMetadata = {
  readonly issuer: string
  readonly authorization_endpoint: string
  readonly token_endpoint: string
  readonly jwks_uri: string
  readonly id_token_signing_alg_values_supported: string[]
}

const endpoints = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const

/**
 * Reads the discovery document and believes nothing in it that leads elsewhere: its issuer is that of the authority, and
 * every endpoint is on the authority's own host. Which signatures are good is decided here, not there.
 * @throws Failure `dependency_unreachable` when it cannot be read, or is not Entra's
 */
export async function readMetadata(authority: EntraAuthority, guardedFetch: GuardedFetch): Promise<EntraMetadata> {
  const url = `${authority.origin}/${authorityPath(authority)}/v2.0/.well-known/openid-configuration`
  const response = await guardedFetch(url, {
    method: 'GET',
    headers: { accept: 'application/json' },
    body: null,
    redirect: 'manual',
  })
  const document: unknown = await response.json()
  if (typeof document !== 'object' || document === null) throw notEntra(authority, 'no discovery document')
  const text = (name: string): string => {
    const value: unknown = Reflect.get(document, name)
    return typeof value === 'string' ? value : ''
  }
  const { audience } = authority
  const issuer = issuerOf(authority, audience === 'organizations' ? '{tenantid}' : audience.tenantId)
  if (text('issuer') !== issuer) throw notEntra(authority, 'another issuer')
  for (const name of endpoints) if (!isAt(authority, text(name))) throw notEntra(authority, `a foreign ${name}`)
  return {
    issuer,
    authorization_endpoint: text('authorization_endpoint'),
    token_endpoint: text('token_endpoint'),
    jwks_uri: text('jwks_uri'),
    id_token_signing_alg_values_supported: ['RS256', 'PS256'],
  }
}

function isAt({ origin }: EntraAuthority, endpoint: string): boolean {
  const url = URL.parse(endpoint)
  return url?.origin === origin && url.username === '' && url.password === ''
}

function notEntra({ origin }: EntraAuthority, why: string): Failure {
  return new Failure(
    'dependency_unreachable',
    `What answers at ${origin} is not Microsoft Entra (${why}). Check TENANTATLAS_ENTRA_AUTHORITY and what stands between.`,
    { detail: { why } },
  )
}
