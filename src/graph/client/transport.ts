/**
 * One request, one answer, over Node's own `fetch`. Never tries again: whether that is safe is known above. Never
 * follows a redirect, and puts the bearer only on a request to the origin it is for.
 */
import type { AdmittedRequest } from '#graph/client/egress-gate.ts'

export interface Timeouts {
  readonly connectMs: number
  /** From the request sent to the first byte of the answer's head. */
  readonly headersMs: number
  /** Between two pieces of a body. */
  readonly idleMs: number
  /** From the start to the last byte of the body. */
  readonly totalMs: number
  readonly tokenMs: number
  readonly maxBodyBytes: number
}

export const defaultTimeouts: Timeouts = {
  connectMs: 5_000,
  headersMs: 30_000,
  idleMs: 15_000,
  totalMs: 100_000,
  tokenMs: 15_000,
  maxBodyBytes: 64 * 1024 * 1024,
}

export interface Answer {
  readonly state: 'answered'
  readonly status: number
  readonly headers: Headers
  /** The parsed JSON body; undefined when there is none or it is of no use, and `bodyProblem` says so. */
  readonly body: unknown
  readonly bodyProblem: BodyProblem | undefined
}

export type BodyProblem = 'not_json' | 'too_large'

/** No whole answer. `sent` says whether Graph may have got the request. */
export interface NoAnswer {
  readonly state: 'no_answer'
  readonly sent: 'no' | 'maybe'
  /** What went wrong, e.g. `ECONNREFUSED`, `timeout`. */
  readonly code: string
}

export interface SendOptions {
  readonly token: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeouts: Timeouts
  /** Over a connection of its own, so that it never meets one the other side is just closing. */
  readonly ownConnection: boolean
  readonly signal: AbortSignal
}

/** Sends an admitted request. Rejects with the signal's reason when it aborts; everything else is a result. */
export async function sendRequest(
  request: AdmittedRequest,
  graphOrigin: string,
  options: SendOptions,
): Promise<Answer | NoAnswer> {
  const { timeouts, signal } = options
  signal.throwIfAborted()
  if (request.url.origin !== graphOrigin) throw new TypeError('a request to a foreign origin went through the gate')
  const total = AbortSignal.timeout(timeouts.totalMs)
  try {
    const response = await fetch(request.url, {
      method: request.method,
      redirect: 'manual',
      body: request.body ?? null,
      headers: {
        ...options.headers,
        accept: 'application/json',
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        authorization: `Bearer ${options.token}`,
      },
      signal: AbortSignal.any([signal, total]),
      dispatcher: dispatcherFor(timeouts, options.ownConnection),
    })
    return await readAnswer(response, timeouts.maxBodyBytes)
  } catch (error) {
    signal.throwIfAborted()
    return noAnswer(error, total)
  }
}

async function readAnswer(response: Response, maxBodyBytes: number): Promise<Answer> {
  const { status, headers } = response
  const body = await readBody(response, maxBodyBytes)
  if (body === undefined) return { state: 'answered', status, headers, body, bodyProblem: 'too_large' }
  if (body === '') return { state: 'answered', status, headers, body: undefined, bodyProblem: undefined }
  try {
    return { state: 'answered', status, headers, body: JSON.parse(body), bodyProblem: undefined }
  } catch {
    return { state: 'answered', status, headers, body: undefined, bodyProblem: 'not_json' }
  }
}

/** The body as text, or undefined when it is too large: counted unpacked, so that a small answer cannot swell. */
async function readBody(response: Response, maxBodyBytes: number): Promise<string | undefined> {
  if (response.body === null) return ''
  const pieces: Uint8Array[] = []
  let size = 0
  // Leaving the loop early cancels the stream and closes the connection.
  for await (const piece of response.body as AsyncIterable<Uint8Array>) {
    size += piece.byteLength
    if (size > maxBodyBytes) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces, size).toString('utf8')
}

// Errors of connections that never came to be (name resolution, connecting, the handshake of TLS). Codes do not tell them
// from errors of a connection in use: EHOSTUNREACH or what OpenSSL says can come after the bytes of a request, too.
const neverConnected = new WeakSet<Error>()

function noAnswer(error: unknown, total: AbortSignal): NoAnswer {
  if (total.aborted) return { state: 'no_answer', sent: 'maybe', code: 'timeout' }
  const cause = causeOf(error)
  const sent = cause.wasConnecting || cause.bytesWritten === 0 ? 'no' : 'maybe'
  return { state: 'no_answer', sent, code: cause.code }
}

interface Cause {
  readonly code: string
  readonly wasConnecting: boolean
  /** Undefined where undici does not say. */
  readonly bytesWritten: number | undefined
}

/** What undici says beneath `fetch failed` and `terminated`. */
function causeOf(error: unknown): Cause {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error
  const { code, name, socket } = cause as { code?: unknown; name?: unknown; socket?: { bytesWritten?: unknown } | null }
  const bytesWritten = socket?.bytesWritten
  return {
    code: typeof code === 'string' ? code : typeof name === 'string' ? name : 'network_error',
    wasConnecting: cause instanceof Error && neverConnected.has(cause),
    bytesWritten: typeof bytesWritten === 'number' ? bytesWritten : undefined,
  }
}

type Dispatcher = NonNullable<RequestInit['dispatcher']>
type AgentConstructor = new (options: object) => Dispatcher

const agents = new Map<string, Dispatcher>()

/** One pool of connections per set of timeouts for the whole process; idle connections close by themselves. */
function dispatcherFor(timeouts: Timeouts, ownConnection: boolean): Dispatcher {
  const options = {
    connect: { timeout: timeouts.connectMs },
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.idleMs,
    // 0: each request gets a connection that is closed after it.
    pipelining: ownConnection ? 0 : 1,
  }
  const name = JSON.stringify(options)
  const known = agents.get(name)
  if (known !== undefined) return known
  const agent = new (agentConstructor())(options)
  agent.on('connectionError', (_origin, _targets, error) => neverConnected.add(error))
  agents.set(name, agent)
  return agent
}

/**
 * The agent of the undici inside Node, which exports none. Every undici keeps its global agent under this symbol, and
 * Node loads its own with the first look at one of its fetch classes.
 */
function agentConstructor(): AgentConstructor {
  void globalThis.Request
  const agent: unknown = Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'))
  if (typeof agent !== 'object' || agent === null) throw new Error('this Node keeps no global fetch agent')
  return agent.constructor as AgentConstructor
}
