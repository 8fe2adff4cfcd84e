/** The front door: control API, sign-in and Graph on one port, over HTTP or HTTPS. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ControlHandler } from '../control/handle-control.ts'
import { createEntra } from '../entra/entra.ts'
import { createSigningKey } from '../entra/signing-key.ts'
import { createGraph } from '../graph/graph.ts'
import type { Cloud } from '../state/cloud.ts'
import { deliver, sendWhole } from './deliver.ts'
import type { Received } from './receive.ts'
import { receive } from './receive.ts'
import { jsonReply } from '../graph/reply.ts'

export interface SimulatorServer {
  readonly port: number
  /** Stops listening and cuts every connection. */
  close(): Promise<void>
}

export interface ServerOptions {
  readonly cloud: Cloud
  readonly control: ControlHandler
  readonly host: string
  readonly port: number
  /** With it the server speaks HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined
}

/** Listens; rejects with the system's error, such as EADDRINUSE, when it cannot. */
export async function startServer({ cloud, control, host, port, tls }: ServerOptions): Promise<SimulatorServer> {
  const handle = createHandler(cloud, control)
  const server: Server = tls ? createSecureServer(tls, handle) : createServer(handle)
  // A client under test may take its time: only it decides when to give up.
  server.requestTimeout = 0
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function createHandler(cloud: Cloud, control: ControlHandler) {
  const key = createSigningKey()
  const graph = createGraph(cloud, key)
  const entra = createEntra(cloud, key)

  async function answer(received: Received, response: ServerResponse): Promise<void> {
    if (received.path.startsWith('/_sim/')) return sendWhole(response, await control(received), {})
    if (cloud.settings.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, cloud.settings.latencyMs))
    const requestId = randomUUID()
    const isGraph = /^\/(beta|v1\.0)(\/|$)/i.test(received.path)
    const answered = isGraph ? await graph(received, requestId) : await entra(received)
    cloud.journal.flush()
    deliver(response, answered, isGraph ? graphHeaders(received, requestId) : {})
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    void (async () => {
      try {
        const received = await receive(request)
        if (received) await answer(received, response)
        else
          sendWhole(
            response,
            jsonReply(413, { error: { code: 'RequestTooLarge', message: 'The body is too large.' } }),
            {},
          )
      } catch (error) {
        failed(error, request, response)
      }
    })()
  }
}

const diagnostic = JSON.stringify({
  ServerInfo: { DataCenter: 'Simulated', Slice: 'E', Ring: '1', ScaleUnit: '000', RoleInstance: 'SIM' },
})

function graphHeaders({ headers }: Received, requestId: string): Record<string, string> {
  return {
    'request-id': requestId,
    'client-request-id': headers['client-request-id'] ?? requestId,
    'x-ms-ags-diagnostic': diagnostic,
    'cache-control': 'no-cache',
  }
}

/** A client that went away while sending is no defect; everything else here is one, and says so. */
function failed(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  if (request.destroyed && !request.complete) return
  process.stderr.write(`A request could not be answered: ${request.method} ${request.url}: ${(error as Error).stack}\n`)
  if (response.headersSent) response.destroy()
  else sendWhole(response, jsonReply(500, { error: { code: 'SimulatorDefect', message: String(error) } }), {})
}
