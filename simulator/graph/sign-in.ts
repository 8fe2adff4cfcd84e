import type { SigningKey } from '../entra/signing-key.ts'
import type { Cloud } from '../state/cloud.ts'
import type { SimTenant } from '../world.ts'
import type { Caller } from './call.ts'
import { GraphError } from './graph-error.ts'

export interface SignedIn {
  readonly tenant: SimTenant
  readonly caller: Caller
}

interface KnownToken extends SignedIn {
  readonly expiresAt: number
}

/** Checking a signature for every request would cost more than the request: a token is checked once. */
const rememberedTokens = 10_000

/** Makes the function that tells who sends an `authorization` header. It throws GraphError 401. */
export function createSignIn(cloud: Cloud, key: SigningKey): (header: string | undefined) => SignedIn {
  const known = new Map<string, KnownToken>()

  function check(token: string): KnownToken {
    const claims = token.split('.').length === 3 ? readClaims(key, token) : undefined
    if (!claims) throw unauthorized('CompactToken parsing failed or the signature is not valid.')
    const tenant = cloud.tenants.get(String(claims['tid']))
    if (!tenant) throw unauthorized('The tenant of the token is unknown.')
    const roles = Array.isArray(claims['roles']) ? claims['roles'].map(String) : []
    const caller = { clientId: String(claims['appid']), appName: String(claims['app_displayname']), roles }
    return { tenant, caller, expiresAt: Number(claims['exp']) * 1000 }
  }

  return (header) => {
    const token = /^Bearer (.+)$/i.exec(header ?? '')?.[1]
    if (token === undefined) throw unauthorized('Access token is empty.')
    const found = known.get(token) ?? check(token)
    if (known.size >= rememberedTokens) known.clear()
    known.set(token, found)
    if (cloud.clock.now() >= found.expiresAt) throw unauthorized('Lifetime validation failed, the token is expired.')
    return found
  }
}

function readClaims(key: SigningKey, token: string): Record<string, unknown> | undefined {
  try {
    return key.verify(token)
  } catch {
    // Not base64 or not JSON inside: as little a token as one with a wrong signature.
    return undefined
  }
}

function unauthorized(message: string): GraphError {
  const challenge = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"'
  return new GraphError(401, 'InvalidAuthenticationToken', message, { 'www-authenticate': challenge })
}
