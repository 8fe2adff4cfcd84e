import { request as requestHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Answer } from '#domain/notifications/answer.ts'
import { findReceiver, hostOf, parseReceiverUrl, pinned } from '#domain/notifications/receiver.ts'
import type { Receiver, ReceiverRules } from '#domain/notifications/receiver.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { retryAfterMs } from '#graph/client/retry-after.ts'

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface SendOptions {
  readonly rules: ReceiverRules
  /** For everything together, from the look-up to the answer. */
  readonly limitMs: number
  /** Aborted when this process stops. */
  readonly signal: AbortSignal
}

const largestAnswerBytes = 64 * 1024
const shownCharacters = 200

/** Posts to a receiver, once, and says what it answered. Follows no redirect. Never throws. */
export async function post({ url: text, headers, body }: Post, options: SendOptions): Promise<Answer> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.limitMs)])
  try {
    const url = parseReceiverUrl(text, options.rules)
    const receiver = await unlessAborted(signal, findReceiver(hostOf(url), options.rules))
    const response = await send(url, receiver, { headers, body, signal })
    return await answerOf(response, signal)
  } catch (error) {
    return { isDelivered: false, status: null, error: whyNoAnswer(error, options) }
  }
}

/** DNS cannot be aborted; its answer is dropped. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop)
  work.catch(() => undefined)
  try {
    signal.throwIfAborted()
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

interface Sending {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

function send(url: URL, receiver: Receiver, { headers, body, signal }: Sending): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const length = String(Buffer.byteLength(body))
  // No agent: a connection that is kept could outlive the check of its address.
  const sent = request(url, {
    method: 'POST',
    agent: false,
    lookup: pinned(receiver),
    headers: { 'user-agent': 'TenantAtlas', ...headers, 'content-length': length },
    signal,
  })
  sent.on('response', resolve)
  sent.on('error', reject)
  sent.end(body)
  return promise
}

async function answerOf(response: IncomingMessage, signal: AbortSignal): Promise<Answer> {
  const status = response.statusCode ?? 0
  // Said with the first line: whatever else it sends, it has it.
  if (status >= 200 && status < 300) {
    response.destroy()
    return { isDelivered: true, status, error: null }
  }
  const wait = retryAfterMs(new Headers(headersOf(response)), Date.now())
  return {
    isDelivered: false,
    status,
    error: whatWasSaid(status, await beginningOf(response, signal)),
    ...(wait !== undefined && { retryAfterMs: wait }),
    ...(status === 410 && { isGone: true as const }),
  }
}

function headersOf({ headers }: IncomingMessage): [string, string][] {
  return ['retry-after', 'date'].flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as [string, string]] : []
  })
}

async function beginningOf(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= largestAnswerBytes || signal.aborted) break
    }
  } catch {
    // What came until then is enough.
  } finally {
    response.destroy()
  }
  return Buffer.concat(chunks).subarray(0, largestAnswerBytes).toString('utf8')
}

function whatWasSaid(status: number, body: string): string {
  if (status >= 300 && status < 400) return `It redirects (${status}), which is not followed: give its final address.`
  if (status === 410) return 'It does not want these messages any more (410).'
  const words = body.replace(/\s+/g, ' ').trim().slice(0, shownCharacters)
  return words === '' ? `It answered ${status}.` : `It answered ${status}: ${words}`
}

/** In words for people; what a library says may name addresses inside the network. */
export function whyNoAnswer(error: unknown, { limitMs, signal }: Pick<SendOptions, 'limitMs' | 'signal'>): string {
  if (signal.aborted) return 'TenantAtlas stopped while it was being sent; it is sent again.'
  if (error instanceof Failure) return error.message
  const { name, code } = error as { name?: unknown; code?: unknown }
  const cause = error instanceof Error ? (error.cause as { name?: unknown } | undefined) : undefined
  if (name === 'TimeoutError' || cause?.name === 'TimeoutError') return `No answer within ${limitMs / 1000} s.`
  return `No answer (${typeof code === 'string' ? code : 'the connection broke'}).`
}
