import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Http2Bindings, HttpBindings } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import type pg from 'pg'
import type { NotifySettings } from '#domain/notifications/deliver.ts'
import type { EntraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import type { SecretBox } from '#foundation/crypto/secret-box.ts'
import type { SigningKeys } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Log } from '#foundation/observability/log.ts'
import type { RateLimit } from '#entrypoints/http/api/rate-limit.ts'
import { clientAddress, type TrustedProxies } from '#entrypoints/http/client-address.ts'
import { createApp } from '#entrypoints/http/create-app.ts'
import { createPatientServer } from '#entrypoints/http/create-patient-server.ts'
import { callbackPath } from '#entrypoints/http/create-sign-in.ts'
import { createEventFeed } from '#entrypoints/http/events/event-feed.ts'
import { listen } from '#entrypoints/http/listen.ts'
import type { ChosenPort } from '#entrypoints/http/listen.ts'
import { createLiveFragments } from '#entrypoints/http/live-fragments.ts'
import { refuseOutside } from '#entrypoints/http/protect.ts'

export interface ServeAppOptions {
  readonly db: Database
  /** Of the same database, to listen on. */
  readonly pool: pg.Pool
  /** Where notifications may be sent, and how. */
  readonly notify: NotifySettings
  readonly log: Log
  /** Of the secrets of second factors. */
  readonly sealer: SecretBox
  /** 0: any free one. */
  readonly port: number
  /** Where people open it, if that is not this machine. */
  readonly publicUrl: string | undefined
  /** Sign-in with Microsoft Entra, given where it sends people back to; absent: there is none. */
  readonly entraFor: ((redirectUri: string) => EntraSignIn) | undefined
  readonly trustedProxies: TrustedProxies
  /** Hosts beside Microsoft's clouds that a connection may name. */
  readonly graphAllowHosts: readonly string[]
  /** Public keys by which what was signed of the audit log is checked; read when it is, so that new ones count. */
  readonly auditKeys: () => SigningKeys
  /** How fast the API may be asked; default: the usual rates. */
  readonly limit?: RateLimit | undefined
}

/** `url`: where people open it; `localUrl`: where it answers on this machine. */
export interface ServedApp extends AsyncDisposable {
  readonly url: string
  readonly localUrl: string
}

/**
 * Serves API, sign-in and page on the loopback interface until disposed.
 * @throws Failure `invalid_state` when another program has the port
 */
export async function serveApp(options: ServeAppOptions): Promise<ServedApp> {
  const { db, pool, log, sealer, notify, trustedProxies } = options
  const feed = createEventFeed({ db, pool, log })
  const live = createLiveFragments({ log })
  // The app knows its own address, which is known when the port is.
  let answer: (request: Request, env: HttpBindings | Http2Bindings) => Response | Promise<Response> = () =>
    new Response(null, { status: 503 })
  const listener = getRequestListener((request, env) => answer(request, env), {
    errorHandler: (error) => {
      const hasNoHost = error instanceof RequestError
      if (!hasNoHost) log.error({ err: error }, 'request failed')
      const unreadable = new Failure('invalid_input', 'The request names no host that can be read.')
      return refuseOutside(options.publicUrl ?? 'http://localhost', hasNoHost ? unreadable : error)
    },
  })
  const server = createPatientServer((request, response) => void listener(request, response))
  await listen(server, pagePort(options.port))
  // A bound TCP server has an address with a port.
  const { port } = server.address() as AddressInfo
  const url = `http://localhost:${port}`
  const pageUrl = options.publicUrl ?? url
  const app = createApp({
    db,
    log,
    live,
    feed,
    notify,
    graphAllowHosts: options.graphAllowHosts,
    auditKeys: options.auditKeys,
    sealer,
    pageUrl,
    ...(options.limit && { limit: options.limit }),
    entra: options.entraFor?.(`${pageUrl}${callbackPath}`),
    addressOf: (c) => clientAddress(getConnInfo(c).remote.address, c.req.header('x-forwarded-for'), trustedProxies),
  })
  answer = (request, env) => app.fetch(request, env)
  return {
    url: pageUrl,
    localUrl: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      live[Symbol.dispose]()
      await feed[Symbol.asyncDispose]()
      const closed = once(server, 'close')
      server.close()
      // Streams never end by themselves.
      server.closeAllConnections()
      await closed
    },
  }
}

export function pagePort(port: number): ChosenPort {
  return { port, option: '--port', variable: 'TENANTATLAS_PORT' }
}
