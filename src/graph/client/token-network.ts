import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node'

/** The token endpoint could not be reached, or what answered is not it. */
export class TokenEndpointUnreachable extends Error {
  override readonly name = 'TokenEndpointUnreachable'
}

/** MSAL wanted to reach something else than the token endpoint of this tenant. */
export class TokenRequestRefused extends Error {
  override readonly name = 'TokenRequestRefused'
}

export interface TokenNetworkOptions {
  readonly authorityUrl: string
  readonly entraTenantId: string
  readonly timeoutMs: number
}

const maxBodyBytes = 1024 * 1024

/** MSAL's way to the network: POST to one token endpoint, nothing else, no redirects, bounded in time and size. */
export function createTokenNetwork(options: TokenNetworkOptions): INetworkModule {
  const endpoint = new URL(`/${options.entraTenantId}/oauth2/v2.0/token`, options.authorityUrl)
  return {
    async sendGetRequestAsync(url) {
      throw new TokenRequestRefused(`sign-in does not read ${new URL(url).pathname}`)
    },
    async sendPostRequestAsync<T>(url: string, request?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
      const asked = new URL(url)
      if (asked.host !== endpoint.host || asked.pathname.toLowerCase() !== endpoint.pathname.toLowerCase()) {
        throw new TokenRequestRefused('sign-in reaches the token endpoint of its tenant only')
      }
      return post<T>(endpoint, request, options.timeoutMs)
    },
  }
}

async function post<T>(
  endpoint: URL,
  request: NetworkRequestOptions | undefined,
  timeoutMs: number,
): Promise<NetworkResponse<T>> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      redirect: 'manual',
      headers: request?.headers ?? {},
      body: request?.body ?? '',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const body = await readJson(response)
    return { status: response.status, headers: Object.fromEntries(response.headers), body: body as T }
  } catch (error) {
    if (error instanceof TokenEndpointUnreachable) throw error
    throw new TokenEndpointUnreachable('the token endpoint did not answer', { cause: error })
  }
}

async function readJson(response: Response): Promise<unknown> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += piece.byteLength
    if (size > maxBodyBytes) throw new TokenEndpointUnreachable('the answer is too large for a token')
    pieces.push(piece)
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'))
    if (typeof body === 'object' && body !== null) return body
  } catch {
    // Falls through to the same refusal as JSON that is no object.
  }
  throw new TokenEndpointUnreachable(`something answered ${response.status} without JSON in the token endpoint's place`)
}
