/**
 * The HTTP API as commands call it: `api.tenants.list({ workspace })`, typed by the contract. Every refusal of the server
 * is a `Failure` with its reason, so that a command refuses alike wherever the rule stands.
 */
import { createORPCClient } from '@orpc/client'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { setTimeout as pause } from 'node:timers/promises'
import { api as contract } from '#contract/api/api.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { productVersion } from '#foundation/kernel/version.ts'
import { refusalOf } from '#entrypoints/cli/server/refusal-of.ts'

export interface CallContext {
  /** The ETag of the record that is to be changed. */
  readonly ifMatch?: string
  /** Is told the ETag of what is read. */
  readonly onEtag?: (etag: string) => void
  /** The same change, sent again with the same key, has its effect once. */
  readonly idempotencyKey?: string
}

export type Api = ContractRouterClient<typeof contract, CallContext>

export interface ApiOptions {
  readonly url: string
  readonly token: string | undefined
  readonly signal: AbortSignal
  /** Asks for another proof of who asks; resolves to the token to go on with, undefined when there is none to be had. */
  readonly renew?: (refusal: Failure) => Promise<string | undefined>
}

// A limit of the rate is waited out; a longer wait is the person's to decide.
const longestWaitMs = 30_000

/** Calls the API of one server. @throws Failure, also `dependency_unreachable` where no server answers */
export function createApi({ url, token: given, signal, renew }: ApiOptions): Api {
  let token = given
  const send = async (request: Request): Promise<Response> => {
    const asked = request.clone()
    if (token !== undefined) asked.headers.set('Authorization', `Bearer ${token}`)
    const response = await reach(asked, url)
    if (response.ok) return response
    const refusal = await refusalOf(response, url)
    if (refusal.reason === 'throttled' && (refusal.retryAfterMs ?? longestWaitMs) < longestWaitMs) {
      await pause(refusal.retryAfterMs, undefined, { signal })
      return send(request)
    }
    if (refusal.reason !== 'step_up_required' && refusal.reason !== 'sign_in_required') throw refusal
    const renewed = await renew?.(refusal)
    if (renewed === undefined) throw refusal
    token = renewed
    return send(request)
  }
  const link = new OpenAPILink<CallContext>(contract, {
    url: new URL('api/v1', url.endsWith('/') ? url : `${url}/`).href,
    headers: ({ context: { ifMatch, idempotencyKey } }) => ({
      'user-agent': `tenantatlas/${productVersion}`,
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    }),
    fetch: async (request, init, { context }) => {
      const response = await send(new Request(request, { ...init, signal }))
      const etag = response.headers.get('etag')
      if (etag !== null) context.onEtag?.(etag)
      return response
    },
  })
  return createORPCClient(link)
}

async function reach(request: Request, url: string): Promise<Response> {
  try {
    // A redirect could lead the token to another host.
    return await fetch(request, { redirect: 'error' })
  } catch (cause) {
    request.signal.throwIfAborted()
    throw new Failure('dependency_unreachable', `No TenantAtlas answers at ${url}${whyNot(cause)}.`, { cause })
  }
}

/** `fetch` says only that it failed; what it was is below. */
function whyNot(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? ` (${code})` : ''
}
