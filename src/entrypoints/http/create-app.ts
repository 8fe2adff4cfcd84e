/** Everything this server answers over HTTP: the API, its description, sign-in, and the page. */
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { NotifySettings } from '#domain/notifications/deliver.ts'
import type { Sealer } from '#foundation/crypto/seal.ts'
import type { Database } from '#foundation/db/database.ts'
import type { Log } from '#foundation/observability/log.ts'
import { apiPrefix, createApi } from '#entrypoints/http/api/create-api.ts'
import { openApiDocument } from '#entrypoints/http/api/openapi-document.ts'
import type { EventFeed } from '#entrypoints/http/events/event-feed.ts'
import { protect } from '#entrypoints/http/protect.ts'
import { sessionCookie } from '#entrypoints/http/session-cookie.ts'

export interface AppDeps {
  readonly db: Database
  readonly log: Log
  readonly sealer: Sealer
  /** Where notifications may be sent, and how. */
  readonly notify: NotifySettings
  /** Whoever makes it ends it: what is followed ends with it. */
  readonly feed: EventFeed
  /** Where people open the console. */
  readonly pageUrl: string
  readonly addressOf: (c: Context) => string
}

export function createApp({ db, log, sealer, notify, feed, pageUrl, addressOf }: AppDeps): Hono {
  const app = new Hono()
  app.use(protect(pageUrl))
  const api = createApi({
    db,
    log,
    sealer,
    notify,
    feed,
    pageUrl,
    addressOf,
    cookie: sessionCookie(pageUrl),
    origins: new Set([new URL(pageUrl).origin]),
  })
  const document = openApiDocument()
  app.get(`${apiPrefix}/openapi.json`, async (c) => c.json(await document))
  app.all(`${apiPrefix}/*`, api)
  return app
}
