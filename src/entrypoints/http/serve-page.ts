import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Database } from '#foundation/db/database.ts'
import type { Log } from '#foundation/observability/log.ts'
import { createPage } from '#entrypoints/http/create-page.ts'
import { listen } from '#entrypoints/http/listen.ts'
import type { ChosenPort } from '#entrypoints/http/listen.ts'
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
  await listen(server, pagePort(port))
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

export function pagePort(port: number): ChosenPort {
  return { port, option: '--port', variable: 'TENANTATLAS_PORT' }
}
