import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'

export interface Patience {
  /** For the head of a request, and for all of it. */
  readonly headersTimeout: number
  readonly requestTimeout: number
  /** Between two requests. */
  readonly keepAliveTimeout: number
  readonly connectionsCheckingInterval: number
  /** While nothing is sent and nothing taken: an answer that nobody reads. */
  readonly idleTimeout: number
  readonly mostConnections: number
  /** Of one connection, at the same time: what it asks for without taking the answers is kept in memory. */
  readonly mostUnanswered: number
}

const usual: Patience = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Longer than proxies keep a connection.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  idleTimeout: 120_000,
  mostConnections: 4_000,
  mostUnanswered: 8,
}

/** An HTTP server that lets go who sends or reads drop by drop, or asks on without reading. */
export function createPatientServer(listener: RequestListener, patience: Partial<Patience> = {}): Server {
  const { idleTimeout, mostConnections, mostUnanswered, ...timeouts } = { ...usual, ...patience }
  const unanswered = new WeakMap<Socket, number>()
  const server = createServer(timeouts, (request, response) => {
    const { socket } = request
    const before = unanswered.get(socket) ?? 0
    if (before >= mostUnanswered) return void socket.destroy()
    unanswered.set(socket, before + 1)
    response.on('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    listener(request, response)
  })
  server.setTimeout(idleTimeout)
  server.maxConnections = mostConnections
  return server
}
