/** Entra as openid-client knows it, with what it published remembered for a while. */
import { clockSkew, clockTolerance, customFetch, discovery } from 'openid-client'
import { allowInsecureRequests, enableNonRepudiationChecks, getJwksCache, setJwksCache } from 'openid-client'
import type { ClientAuth, Configuration, ExportedJWKSCache } from 'openid-client'
import { createClientAuthentication } from '#domain/access/sign-in/client-authentication.ts'
import type { AppCredential } from '#domain/access/sign-in/client-authentication.ts'
import type { EntraAuthority } from '#domain/access/sign-in/entra-authority.ts'
import type { EntraMetadata } from '#domain/access/sign-in/entra-metadata.ts'
import { readMetadata } from '#domain/access/sign-in/entra-metadata.ts'
import { createGuardedFetch } from '#domain/access/sign-in/guarded-fetch.ts'

export interface ProviderOptions {
  readonly authority: EntraAuthority
  readonly clientId: string
  readonly credential: AppCredential
  readonly fetch?: typeof fetch
  readonly now: () => number
  readonly timeoutMs?: number
}

export interface Provider {
  /** Does something with a client that is good for this moment. @throws Failure `dependency_unreachable` */
  use<T>(act: (client: Configuration) => T | Promise<T>): Promise<T>
}

const metadataLifeMs = 60 * 60_000
const clockToleranceSeconds = 60

export function createProvider(options: ProviderOptions): Provider {
  const { authority, clientId, credential, now } = options
  const guardedFetch = createGuardedFetch({ ...options, host: new URL(authority.origin).host })
  const authentication = createClientAuthentication(credential)
  let known: { readonly metadata: Promise<EntraMetadata>; readonly untilMs: number } | undefined
  let keys: ExportedJWKSCache | undefined

  /** One request however many ask; a failed one is not remembered. */
  function metadata(): Promise<EntraMetadata> {
    if (known && now() < known.untilMs) return known.metadata
    const asked = { metadata: readMetadata(authority, guardedFetch), untilMs: now() + metadataLifeMs }
    asked.metadata.catch(() => {
      if (known === asked) known = undefined
    })
    known = asked
    keys = undefined
    return asked.metadata
  }

  async function client(): Promise<Configuration> {
    const published = await metadata()
    const made = await recognisedAsEntra(published, {
      clientId,
      authentication: await authentication,
      skewSeconds: Math.round((now() - Date.now()) / 1_000),
    })
    // oxlint-disable-next-line typescript/no-deprecated -- marked so to stand out; only this machine is reached so
    if (authority.isPlain) allowInsecureRequests(made)
    enableNonRepudiationChecks(made)
    made[customFetch] = guardedFetch
    if (keys !== undefined) setJwksCache(made, keys)
    return made
  }

  return {
    async use(act) {
      const made = await client()
      const result = await act(made)
      // Kept for five minutes by the library, and asked for anew when a token names a key that is not among them.
      keys = getJwksCache(made) ?? keys
      return result
    },
  }
}

interface ClientFacts {
  readonly clientId: string
  readonly authentication: ClientAuth
  readonly skewSeconds: number
}

/**
 * openid-client fills the hole in the issuer `…/{tenantid}/v2.0` from the token's `tid`, but only for metadata it
 * discovered under the worldwide cloud's bare issuer address. What was read and checked is handed to it in that place,
 * whichever cloud it is of; nothing is asked for over the network here.
 */
async function recognisedAsEntra(metadata: EntraMetadata, facts: ClientFacts): Promise<Configuration> {
  const { clientId, authentication, skewSeconds } = facts
  const client = { [clockSkew]: skewSeconds, [clockTolerance]: clockToleranceSeconds }
  return discovery(new URL('https://login.microsoftonline.com/organizations/v2.0'), clientId, client, authentication, {
    [customFetch]: () => Promise.resolve(Response.json(metadata)),
  })
}
