import type { CustomFetch } from 'openid-client'
import { Failure } from '#foundation/kernel/failure.ts'

export interface GuardOptions {
  readonly fetch?: typeof fetch
  readonly timeoutMs?: number
  /** For messages. */
  readonly host: string
}

export type GuardedFetch = CustomFetch

const defaultTimeoutMs = 10_000
/** Entra's largest document, its keys, has 20 KB. */
const maxBodyBytes = 256 * 1_024

/**
 * The way to Entra: bounded in time and size, no redirects, JSON only. An answer is one that Entra itself gave: what
 * stands in its place is a Failure `dependency_unreachable`, also from inside openid-client.
 */
export function createGuardedFetch(options: GuardOptions): GuardedFetch {
  const { host, timeoutMs = defaultTimeoutMs } = options
  const send = options.fetch ?? fetch

  async function exchange(url: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      const response = await send(url, { ...init, redirect: 'manual', signal })
      const body = await readBody(response)
      if (body === undefined) throw unreachable(host, 'answered with more than a sign-in needs', 'too_large')
      return checked(host, response, body)
    } catch (error) {
      if (error instanceof Failure) throw error
      // The cause stays behind: a library may quote the request, which holds the code and the credential.
      const [words, why] = signal.aborted
        ? [`did not answer within ${timeoutMs / 1_000} s`, 'timeout']
        : ['could not be reached', 'network']
      throw unreachable(host, words, why)
    }
  }

  return async (url, init) => exchange(url, init as RequestInit)
}

function checked(host: string, { status, headers }: Response, body: string): Response {
  if (status >= 300 && status < 400) throw unreachable(host, `redirects (${status}), which is not followed`, 'redirect')
  if (status === 429 || status >= 500) throw unreachable(host, `answered ${status}`, 'overloaded')
  if (!isJson(body)) throw unreachable(host, `answered ${status} without JSON`, 'not_json')
  const kept = ['content-type', 'www-authenticate'].flatMap((name): [string, string][] => {
    const value = headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return new Response(body, { status, headers: kept })
}

function unreachable(host: string, what: string, why: string): Failure {
  return new Failure(
    'dependency_unreachable',
    `Microsoft Entra (${host}) ${what}. Try again in a moment; if it stays so, check the network path to it.`,
    { detail: { why } },
  )
}

/** Counted unpacked; undefined when there is too much of it. */
async function readBody(response: Response): Promise<string | undefined> {
  const pieces: Uint8Array[] = []
  let size = 0
  // Leaving the loop early cancels the stream and closes the connection.
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += piece.byteLength
    if (size > maxBodyBytes) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces, size).toString('utf8')
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}
