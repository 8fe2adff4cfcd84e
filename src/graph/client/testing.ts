/** For tests of this folder: time that is given, and a server that plays Microsoft's cloud as badly as a test wants. */
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Clock } from '#graph/client/clock.ts'
import { createGraphClient } from '#graph/client/create-graph-client.ts'
import type { GraphClientOptions } from '#graph/client/create-graph-client.ts'
import type { GraphClient, WritePermit } from '#graph/client/graph-client.ts'
import { createLocalPacer } from '#graph/client/pacer.ts'
import { createLog } from '#foundation/observability/log.ts'

export const silentLog = createLog({ level: 'silent', pretty: false })
export const noAbort = new AbortController().signal
export const tenantId = '7f1c2a34-5b6d-4e8f-9a0b-1c2d3e4f5a6b'

export interface ManualClock extends Clock {
  /** What somebody slept, in order; sleeping moves the time and does not wait. */
  readonly slept: number[]
  advance(ms: number): void
}

export function createManualClock(startMs = Date.UTC(2026, 10, 23, 12)): ManualClock {
  let nowMs = startMs
  const slept: number[] = []
  return {
    slept,
    now: () => nowMs,
    advance(ms) {
      nowMs += ms
    },
    async sleep(ms, signal) {
      signal.throwIfAborted()
      slept.push(ms)
      nowMs += ms
    },
  }
}

export interface Cloud extends AsyncDisposable {
  readonly url: string
  /** Graph requests, in order; token requests are in `tokenRequests`. */
  readonly requests: CloudRequest[]
  readonly tokenRequests: CloudRequest[]
}

export interface CloudRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Answering = (request: CloudRequest, response: ServerResponse, message: IncomingMessage) => void

/**
 * A server on this machine that answers Graph requests as the test says, and token requests with a token; without TLS
 * unless `make` makes one with it.
 */
export async function startCloud(
  answer: Answering,
  answerToken: Answering = giveToken,
  make: (listener: RequestListener) => Server | HttpsServer = (listener) => createServer(listener),
): Promise<Cloud> {
  const requests: CloudRequest[] = []
  const tokenRequests: CloudRequest[] = []
  const server = make((message, response) => {
    const pieces: Buffer[] = []
    message.on('data', (piece: Buffer) => pieces.push(piece))
    message.on('end', () => {
      const { method = '', url: path = '', headers } = message
      const request = { method, path, headers, body: Buffer.concat(pieces).toString('utf8') }
      const isToken = path.endsWith('/oauth2/v2.0/token')
      ;(isToken ? tokenRequests : requests).push(request)
      ;(isToken ? answerToken : answer)(request, response, message)
    })
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return {
    url: `${server instanceof HttpsServer ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    tokenRequests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      await closed.promise
    },
  }
}

let tokensGiven = 0

/** A token endpoint that is content with everything. Each token differs from the one before. */
export function giveToken(_: CloudRequest, response: ServerResponse): void {
  tokensGiven += 1
  const claims = Buffer.from(JSON.stringify({ roles: ['DeviceManagementApps.Read.All'], n: tokensGiven })).toString(
    'base64url',
  )
  sendJson(response, 200, { token_type: 'Bearer', expires_in: 3599, access_token: `eyJhbGciOiJub25lIn0.${claims}.s` })
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** A client of a cloud, unpaced, that never waits for real: its clock is given. */
export function clientOf(cloud: { readonly url: string }, options: Partial<GraphClientOptions> = {}): GraphClient {
  const clock = options.clock ?? createManualClock()
  return createGraphClient({
    endpoints: { authorityUrl: cloud.url, graphUrl: cloud.url },
    entraTenantId: tenantId,
    credentials: {
      reader: { kind: 'secret', clientId: '11111111-1111-4111-8111-111111111111', secret: 'reader-secret' },
      writer: { kind: 'secret', clientId: '22222222-2222-4222-8222-222222222222', secret: 'writer-secret' },
    },
    pacer: createLocalPacer({ requestsPerWindow: 1_000_000, writesPerWindow: 1_000_000, share: 0.5 }, { clock }),
    log: silentLog,
    clock,
    random: () => 0.5,
    ...options,
  })
}

export function permitOf(changes: Partial<WritePermit> = {}): WritePermit {
  return {
    restoreRunId: '0199b2a4-0000-7000-8000-000000000001',
    runId: '0199b2a4-0000-7000-8000-000000000002',
    clientRequestId: '0199b2a4-0000-7000-8000-000000000003',
    justification: 'restore 0199b2a4',
    signal: noAbort,
    ...changes,
  }
}
