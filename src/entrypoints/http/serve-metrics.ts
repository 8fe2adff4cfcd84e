/**
 * What a process tells the machines that watch it, on a port of its own: `/metrics` for Prometheus, `/healthz` (it
 * serves), `/readyz` (the database is there and has the right schema). It shows numbers and kinds, never a name.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CredentialFigure, readCredentialFigures } from '#domain/connections/credential-figures.ts'
import { readRelayFigures, type RelayFigures } from '#domain/notifications/relay-figures.ts'
import { type QueueFigures, readQueueFigures } from '#domain/operations/queue-figures.ts'
import { readScheduleFigures, type ScheduleFigures } from '#domain/schedules/schedule-figures.ts'
import type { Database } from '#foundation/db/database.ts'
import type { Log } from '#foundation/observability/log.ts'
import type { Figure, PromMetrics } from '#foundation/observability/prom-metrics.ts'
import { createReadiness } from '#entrypoints/http/health.ts'
import { listen } from '#entrypoints/http/listen.ts'
import type { ChosenPort } from '#entrypoints/http/listen.ts'

export interface ServeMetricsOptions {
  /** Of its own and small: a pool that work has exhausted must not make this endpoint lie. */
  readonly db: Database
  readonly metrics: PromMetrics
  readonly log: Log
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Aborted when the process stops: it is not ready any more. */
  readonly stopping: AbortSignal
}

interface Reply {
  readonly status: number
  readonly type: string
  readonly body: string
}

/**
 * Serves until disposed.
 * @throws Failure `invalid_state` when another program has the port
 */
export async function serveMetrics(options: ServeMetricsOptions): Promise<{ readonly url: string } & AsyncDisposable> {
  const routes = createRoutes(options)
  const server = createServer((request, response) => void answer(request, response, { routes, log: options.log }))
  await listen(server, metricsPort(options))
  // A bound TCP server has an address with a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

export function metricsPort({ host, port }: { readonly host: string; readonly port: number }): ChosenPort {
  return { host, port, variable: 'TENANTATLAS_METRICS_PORT' }
}

type Routes = Readonly<Record<string, () => Promise<Reply>>>

function createRoutes({ db, metrics, log, stopping }: ServeMetricsOptions): Routes {
  const readiness = createReadiness(db, stopping)
  const figures = keptFor(figuresKeptMs, async () => {
    try {
      return [
        ...queueFigures(await readQueueFigures(db)),
        ...scheduleFigures(await readScheduleFigures(db)),
        ...relayFigures(await readRelayFigures(db)),
        ...credentialFigures(await readCredentialFigures(db)),
      ]
    } catch (error) {
      log.warn({ err: error }, 'metrics without figures of the database')
      return undefined
    }
  })
  return {
    '/healthz': async () => json(200, { serves: true }),
    '/readyz': async () => {
      const ready = await readiness()
      return json(ready.isReady ? 200 : 503, ready)
    },
    '/metrics': async () => ({
      status: 200,
      type: metrics.contentType,
      body: await metrics.exposition(await figures()),
    }),
  }
}

const figuresKeptMs = 5_000

/** The same answer for everybody who asks within that time: several who scrape cost no more than one. */
function keptFor<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let kept: { readonly at: number; readonly answer: Promise<T> } | undefined
  return () => {
    if (kept === undefined || performance.now() - kept.at > ms) kept = { at: performance.now(), answer: ask() }
    return kept.answer
  }
}

function queueFigures({ runs, oldestWaiting, longestLane, lanes, workers }: QueueFigures): Figure[] {
  return [
    ...runs.map(({ priority, state, runs: value }) => ({
      gauge: 'queueRuns' as const,
      labels: { priority, state },
      value,
    })),
    ...oldestWaiting.map(({ priority, seconds: value }) => ({
      gauge: 'oldestWaiting' as const,
      labels: { priority },
      value,
    })),
    { gauge: 'longestLane', value: longestLane },
    ...states('lanes', lanes),
    ...states('workers', workers),
  ]
}

function scheduleFigures({ schedules, lagSeconds }: ScheduleFigures): Figure[] {
  return [...states('schedules', schedules), { gauge: 'scheduleLag', value: lagSeconds }]
}

function relayFigures({ outbox, deliveries }: RelayFigures): Figure[] {
  return [
    { gauge: 'outboxEvents', value: outbox.events },
    { gauge: 'outboxOldest', value: outbox.oldestSeconds },
    ...states('openDeliveries', deliveries),
  ]
}

function credentialFigures(figures: readonly CredentialFigure[]): Figure[] {
  return figures.map(({ withinDays, credentials: value }) => ({
    gauge: 'credentialsEnding',
    labels: { within_days: String(withinDays) },
    value,
  }))
}

function states(gauge: Figure['gauge'], counts: Readonly<Record<string, number>>): Figure[] {
  return Object.entries(counts).map(([state, value]) => ({ gauge, labels: { state }, value }))
}

function json(status: number, body: object): Reply {
  return { status, type: 'application/json', body: `${JSON.stringify(body)}\n` }
}

function text(status: number, body: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, log }: { readonly routes: Routes; readonly log: Log },
): Promise<void> {
  const { status, type, body } = await replyTo(request, routes).catch((error: unknown) => {
    log.error({ err: error }, 'metrics endpoint failed')
    return text(500, 'The log says what went wrong.')
  })
  response.writeHead(status, {
    'Content-Type': type,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function replyTo({ method, url = '' }: IncomingMessage, routes: Routes): Promise<Reply> {
  const path = url.split('?')[0] ?? ''
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined
  if (route === undefined) return text(404, `There are ${Object.keys(routes).join(', ')}.`)
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'This endpoint only shows.')
  return route()
}
