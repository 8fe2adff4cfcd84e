/** What is refused before anything is asked of the database: where a request comes from, its size and its shape. */
import { Failure } from '#foundation/kernel/failure.ts'

export const mostBodyBytes = 1_000_000
export const mostJsonDepth = 32

const unsafeMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export function isUnsafe(method: string): boolean {
  return unsafeMethods.has(method)
}

/**
 * Refuses what a page of another site lets a browser send. Programs send neither header.
 * @throws Failure `cross_site`
 */
export function refuseCrossSite(header: (name: string) => string | undefined, origins: ReadonlySet<string>): void {
  const site = header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new Failure('cross_site', 'This request was sent by a page of another site.')
  const origin = header('origin')
  if (origin !== undefined && !origins.has(origin))
    throw new Failure('cross_site', 'This request was sent by a page with another origin.')
}

/**
 * The body as text, checked to be JSON that is not too large or deep; undefined when there is none.
 * @throws Failure `too_large`, `unsupported_media_type`, `invalid_input`
 */
export async function readJsonBody(request: Request): Promise<string | undefined> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > mostBodyBytes) throw tooLarge()
  const text = await textWithin(request)
  if (text === '') return undefined
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new Failure('unsupported_media_type', 'The body must be sent as application/json.')
  refuseDeep(text)
  try {
    JSON.parse(text)
  } catch {
    throw new Failure('invalid_input', 'The body of the request is not JSON.')
  }
  return text
}

async function textWithin(request: Request): Promise<string> {
  const body: ReadableStream<Uint8Array> | null = request.body
  if (body === null) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.byteLength
      if (size > mostBodyBytes) throw tooLarge()
      text += decoder.decode(chunk, { stream: true })
    }
    return text + decoder.decode()
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure('invalid_input', 'The body of the request is not UTF-8, or was cut off.', { cause: error })
  }
}

/** Counts brackets outside of strings: cheaper than parsing, and before it. */
function refuseDeep(text: string): void {
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index)
    if (char === quote) index = endOfString(text, index)
    else if (char === openBrace || char === openBracket) {
      depth += 1
      if (depth > mostJsonDepth)
        throw new Failure('invalid_input', `The body is nested more than ${mostJsonDepth} levels deep.`)
    } else if (char === closeBrace || char === closeBracket) depth -= 1
  }
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d]

function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    const char = text.charCodeAt(index)
    if (char === backslash) index += 1
    else if (char === quote) return index
  }
  return text.length
}

function tooLarge(): Failure {
  return new Failure('too_large', `The body has more than ${mostBodyBytes / 1_000_000} MB.`)
}
