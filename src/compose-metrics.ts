/** The part of the wiring that programs which run long need: metrics → their endpoint, over a connection of its own. */
import type { Config } from '#foundation/config/config.ts'
import { openDatabase, type DatabaseRole } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Log } from '#foundation/observability/log.ts'
import { collectInto } from '#foundation/observability/metrics.ts'
import { createPromMetrics } from '#foundation/observability/prom-metrics.ts'
import { serveMetrics } from '#entrypoints/http/serve-metrics.ts'

interface MetricsParts {
  readonly config: Pick<Config, 'metrics'>
  readonly databaseUrl: string
  readonly role: DatabaseRole
  readonly log: Log
  readonly stopping: AbortSignal
}

type Served = { readonly url: string } & AsyncDisposable

const statementTimeoutMs = 2_000
const answerTimeoutMs = 3_000

/** Collects and serves; undefined when another program has the port and nobody chose it. */
export async function composeMetrics({
  config,
  databaseUrl,
  role,
  log,
  stopping,
}: MetricsParts): Promise<Served | undefined> {
  const { host, port, isPortChosen } = config.metrics
  const metrics = createPromMetrics()
  await using stack = new AsyncDisposableStack()
  stack.use(collectInto(metrics))
  const { db } = stack.use(
    openDatabase({
      url: databaseUrl,
      role,
      poolSize: 1,
      applicationName: 'tenantatlas metrics',
      statementTimeoutMs,
      connectTimeoutMs: answerTimeoutMs,
      answerTimeoutMs,
      log,
    }),
  )
  try {
    const { url } = stack.use(await serveMetrics({ db, metrics, log, host, port, stopping }))
    const served = stack.move()
    return { url, [Symbol.asyncDispose]: () => served.disposeAsync() }
  } catch (error) {
    // A second worker on the machine: it works, and says that nobody sees how.
    if (isPortChosen || !(error instanceof Failure)) throw error
    log.warn({ port }, 'metrics are not served, the port is used: choose another with TENANTATLAS_METRICS_PORT, or 0')
    return undefined
  }
}
