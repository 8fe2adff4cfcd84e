import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Log } from '#foundation/observability/log.ts'
import { createPage } from '#entrypoints/http/create-page.ts'
import { createLiveFragments } from '#entrypoints/http/live-fragments.ts'

export interface ServePageOptions {
  readonly db: Database
  readonly log: Log
  /** 0: any free one. */
  readonly port: number
}

/**
 * Serves the page on the loopback interface until disposed.
 * @throws Failure `invalid_state` when another program has the port
 */
export async function servePage({
  db,
  log,
  port,
}: ServePageOptions): Promise<{ readonly url: string } & AsyncDisposable> {
  const live = createLiveFragments({ log })
  const server = createAdaptorServer({ fetch: createPage({ db, log, live }).fetch })
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw refusalOf(cause, port)
  }
  // A bound TCP server has an address with a port.
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://localhost:${bound}`,
    async [Symbol.asyncDispose]() {
      live[Symbol.dispose]()
      const closed = once(server, 'close')
      server.close()
      // Streams never end by themselves.
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}

function refusalOf(cause: unknown, port: number): Failure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'EADDRINUSE') {
    return new Failure(
      'invalid_state',
      `Port ${port} is used by another program; choose one with --port or TENANTATLAS_PORT.`,
      { cause },
    )
  }
  if (code === 'EACCES') {
    return new Failure(
      'invalid_state',
      `Port ${port} may not be used by you; choose one above 1023 with --port or TENANTATLAS_PORT.`,
      { cause },
    )
  }
  return new Failure('invalid_state', `The page cannot be served on port ${port} (${code}).`, { cause })
}
