/** From a Node request to what the rest of the simulator works with. */
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'

export interface Received {
  readonly method: string
  /** Still encoded, without the query. */
  readonly path: string
  readonly rawQuery: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  /** Scheme and host as the client asked: what links in answers begin with. */
  readonly origin: string
  readonly host: string
}

const largestBodyBytes = 64 * 1024 * 1024

/** Reads a whole request; undefined when its body is too large. */
export async function receive(request: IncomingMessage): Promise<Received | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBodyBytes) return undefined
    chunks.push(chunk)
  }
  const [path = '/', rawQuery = ''] = (request.url ?? '/').split(/\?(.*)/s)
  const host = request.headers.host ?? '127.0.0.1'
  return {
    method: request.method ?? 'GET',
    path,
    rawQuery,
    headers: flatten(request),
    text: Buffer.concat(chunks).toString('utf8'),
    origin: `${schemeOf(request)}://${host}`,
    host,
  }
}

/** A proxy, or a client that speaks plain HTTP to what it knows as https, says so with `X-Forwarded-Proto`. */
function schemeOf(request: IncomingMessage): 'http' | 'https' {
  const forwarded = request.headers['x-forwarded-proto']
  if (forwarded === 'https' || forwarded === 'http') return forwarded
  return (request.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http'
}

function flatten({ headers }: IncomingMessage): Received['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}
