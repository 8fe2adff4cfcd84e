/** What of Entra people and browsers meet, and what clients read before: discovery, keys, sign-in, consent, sign-out. */
import type { Reply } from '../graph/reply.ts'
import { decodeLoosely } from '../http/decode.ts'
import type { Received } from '../http/receive.ts'
import type { Cloud } from '../state/cloud.ts'
import { createAdminConsent } from './admin-consent.ts'
import type { AuthorizationCodes } from './authorization-codes.ts'
import type { PageEndpoint } from './authorize.ts'
import { createAuthorize } from './authorize.ts'
import { audienceOf } from './authorize-request.ts'
import { instanceDiscovery, openIdConfiguration, signingKeys } from './discovery.ts'
import { EntraError, entraErrorReply, errorDescription } from './entra-error.ts'
import { createLogout } from './logout.ts'
import { errorParagraph, pageReply } from './page.ts'
import type { SigningKey } from './signing-key.ts'

interface Deps {
  readonly cloud: Cloud
  readonly key: SigningKey
  readonly codes: AuthorizationCodes
}

/** Answers what it knows; undefined for every other address. */
export function createSignInPages({ cloud, key, codes }: Deps): (received: Received) => Reply | undefined {
  const pages: readonly (readonly [path: RegExp, page: PageEndpoint])[] = [
    [/^\/([^/]+)\/oauth2\/v2\.0\/authorize$/, createAuthorize(cloud, codes)],
    [/^\/([^/]+)(?:\/v2\.0)?\/adminconsent$/, createAdminConsent(cloud)],
    [/^\/([^/]+)\/oauth2\/v2\.0\/logout$/, createLogout(cloud)],
  ]

  function page({ method, path, rawQuery, text }: Received): Reply | undefined {
    for (const [pattern, show] of pages) {
      const tenantName = pattern.exec(path)?.[1]
      if (tenantName === undefined) continue
      const form = method === 'POST' ? new URLSearchParams(text) : undefined
      return show({ tenantName: decodeLoosely(tenantName), params: new URLSearchParams(rawQuery), form })
    }
    return undefined
  }

  function document({ path, origin }: Received): Reply | undefined {
    if (path === '/common/discovery/instance') return instanceDiscovery(origin)
    const tenantName = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/.exec(path)?.[1]
    if (tenantName !== undefined) return configuration(origin, decodeLoosely(tenantName))
    return /^\/[^/]+\/discovery\/v2\.0\/keys$/.test(path) ? signingKeys(key) : undefined
  }

  function configuration(origin: string, tenantName: string): Reply {
    const audience = audienceOf(cloud, tenantName)
    return openIdConfiguration(origin, tenantName, audience === 'anyTenant' ? undefined : audience.tenant.id)
  }

  return (received) => {
    const now = cloud.clock.now()
    try {
      const read = received.method === 'GET' ? document(received) : undefined
      if (read) return read
    } catch (error) {
      if (error instanceof EntraError) return entraErrorReply(error, now)
      throw error
    }
    try {
      return received.method === 'GET' || received.method === 'POST' ? page(received) : undefined
    } catch (error) {
      if (error instanceof EntraError)
        return pageReply(
          error.status,
          'Sorry, but we’re having trouble signing you in',
          errorParagraph(errorDescription(error, now)),
        )
      throw error
    }
  }
}
