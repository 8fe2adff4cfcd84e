/** Everything this server answers over HTTP: the API, its description, sign-in, and the page. */
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { NotifySettings } from '#domain/notifications/deliver.ts'
import type { EntraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import type { SecretBox } from '#foundation/crypto/secret-box.ts'
import type { SigningKeys } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import type { Log } from '#foundation/observability/log.ts'
import { apiPrefix, createApi } from '#entrypoints/http/api/create-api.ts'
import { openApiDocument } from '#entrypoints/http/api/openapi-document.ts'
import { createConsentCallback } from '#entrypoints/http/create-consent-callback.ts'
import type { RateLimit } from '#entrypoints/http/api/rate-limit.ts'
import { createPage } from '#entrypoints/http/create-page.ts'
import { createSignIn } from '#entrypoints/http/create-sign-in.ts'
import { errorDocs } from '#entrypoints/http/error-docs.ts'
import type { LiveFragments } from '#entrypoints/http/live-fragments.ts'
import type { EventFeed } from '#entrypoints/http/events/event-feed.ts'
import { protect } from '#entrypoints/http/protect.ts'
import { cookiesFor } from '#entrypoints/http/session-cookie.ts'

export interface AppDeps {
  readonly db: Database
  readonly log: Log
  /** Where notifications may be sent, and how. */
  readonly notify: NotifySettings
  /** Whoever makes it ends it: what is followed ends with it. */
  readonly feed: EventFeed
  /** Hosts beside Microsoft's clouds that a connection may name. */
  readonly graphAllowHosts: readonly string[]
  /** Public keys by which what was signed of the audit log is checked; read when it is, so that new ones count. */
  readonly auditKeys: () => SigningKeys
  readonly live: LiveFragments
  /** Where people open the console. */
  readonly pageUrl: string
  /** Absent: nobody signs in with Microsoft Entra. */
  readonly entra: EntraSignIn | undefined
  /** Of the secrets of second factors. */
  readonly sealer: SecretBox
  readonly addressOf: (c: Context) => string
  /** Of the API; default: the usual rates. */
  readonly limit?: RateLimit
}

export function createApp({
  db,
  log,
  live,
  notify,
  feed,
  graphAllowHosts,
  auditKeys,
  pageUrl,
  entra,
  sealer,
  addressOf,
  limit,
}: AppDeps): Hono {
  const app = new Hono()
  const cookies = cookiesFor(pageUrl)
  const origins = new Set([new URL(pageUrl).origin])
  app.use(protect(pageUrl))
  // Written once: it is large, and anybody may ask for it.
  const document = openApiDocument().then((described) => new TextEncoder().encode(JSON.stringify(described)))
  app.get(`${apiPrefix}/openapi.json`, async (c) => c.body(await document, 200, { 'Content-Type': 'application/json' }))
  app.all(
    `${apiPrefix}/*`,
    createApi({
      db,
      log,
      notify,
      feed,
      graphAllowHosts,
      auditKeys,
      pageUrl,
      addressOf,
      cookies,
      origins,
      signIn: { entra, sealer },
      ...(limit && { limit }),
    }),
  )
  app.route('/', errorDocs())
  app.route('/', createSignIn({ db, log, pageUrl, cookies, entra }))
  app.route('/', createConsentCallback({ db, log, pageUrl, cookies }))
  app.route('/', createPage({ db, log, live, cookies }))
  return app
}
