import { ensureKey } from '#domain/keys/ensure-key.ts'
import { keyPlaceOf } from '#foundation/config/key-place.ts'
import { once } from 'node:events'
import type { Config } from '#foundation/config/config.ts'
import { startEmbeddedPostgres } from '#foundation/db/embedded-postgres.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { createLog } from '#foundation/observability/log.ts'
import { newSetupLink } from '#domain/access/setup/set-up.ts'
import { durationWords } from '#contract/moments.ts'
import type { Cli, Command, Product } from '#entrypoints/cli/cli.ts'
import { demoSignIn, seedDemoWorkspace, startDemoCloud, startFirstSyncs } from '#entrypoints/cli/demo-workspace.ts'
import { announceInstallation, claimInstallation, readInstallation } from '#entrypoints/cli/installation.ts'
import { portOption } from '#entrypoints/cli/options.ts'
import { keepLocalSignIn } from '#entrypoints/cli/server/keep-local-sign-in.ts'
import { probePort } from '#entrypoints/http/listen.ts'
import type { ChosenPort } from '#entrypoints/http/listen.ts'
import { metricsPort } from '#entrypoints/http/serve-metrics.ts'
import { pagePort } from '#entrypoints/http/serve-app.ts'

interface Options {
  port?: string
  simulatorPort?: string
  /** False: `--no-simulator`. */
  simulator: boolean
}

/** Starts everything; what it started ends with it, in reverse order, however far it came. */
export const up: Command<Options> = async (cli, _args, options) => {
  const config = await cli.config()
  const { port, simulatorPort } = portsOf(config, options)
  const beganAt = performance.now()
  const simulated = { port: simulatorPort, option: '--simulator-port', variable: 'TENANTATLAS_SIMULATOR_PORT' }
  await refuseUsedPorts(config, [
    pagePort(port),
    ...(options.simulator ? [simulated] : []),
    ...chosenMetricsPort(config),
  ])
  await using stack = new AsyncDisposableStack()

  cli.terminal.say('Starting the database …')
  const databaseUrl = await startDatabase(config, stack)
  stack.use(await claimInstallation(databaseUrl, config.dataDir))
  const { applied } = await migrate({ url: databaseUrl })
  if (applied.length > 0) cli.terminal.say(`Database ready, ${applied.length} migrations applied.`)
  cli.signal.throwIfAborted()

  const product = stack.use(await composeUp(cli, config, databaseUrl))
  const metricsUrl = stack.use(await product.serveMetrics({ stopping: cli.signal }))?.url
  const cloud = options.simulator
    ? await startCloud(cli, { dataDir: config.dataDir, port: simulatorPort }, stack)
    : undefined
  const page = stack.use(await product.serve({ port, ...signInOf(config, cloud) }))
  cli.signal.throwIfAborted()

  const drained = new AbortController()
  const work = product.work({ signal: drained.signal, solo: config.databaseUrl === undefined })
  stack.defer(async () => {
    drained.abort()
    await work
  })
  if (cloud !== undefined) await startFirstSyncs(product, await seedDemoWorkspace(product, cloud))
  stack.use(await keepLocalSignIn({ db: product.db, log: product.log, dataDir: config.dataDir, url: page.localUrl }))
  await announceInstallation(config.dataDir, {
    pid: process.pid,
    pageUrl: page.url,
    simulatorUrl: cloud?.url ?? null,
    metricsUrl: metricsUrl ?? null,
    startedAt: new Date().toISOString(),
  })
  sayReady(cli, {
    pageUrl: page.url,
    setupUrl: await setupUrlOf(product, page.url),
    metricsUrl,
    tookMs: performance.now() - beganAt,
    hasTenants: cloud !== undefined,
  })

  if (!cli.signal.aborted) await once(cli.signal, 'abort')
  cli.terminal.say('Stopping: finishing current items, then worker, page, simulator and database …')
  await stack.disposeAsync()
  cli.terminal.say('Stopped. Your data is kept; start again with npm start.')
}

function portsOf(config: Config, options: Options): { readonly port: number; readonly simulatorPort: number } {
  return {
    port: portOption(options.port, '--port') ?? config.httpPort,
    simulatorPort: portOption(options.simulatorPort, '--simulator-port') ?? config.simulatorPort,
  }
}

async function composeUp(cli: Cli, config: Config, databaseUrl: string): Promise<Product> {
  const poolSize = config.worker.slots + 12
  const product = await cli.compose(config, {
    databaseUrl,
    applicationName: 'tenantatlas up',
    poolSize,
    doesWork: true,
  })
  await ensureKey(product.db, keyPlaceOf(config))
  return product
}

/** Where people sign in, and which hosts beside Microsoft's clouds a connection may name. */
function signInOf({ entra }: Config, cloud: { readonly url: string } | undefined) {
  if (cloud === undefined) return { entra }
  const { host, port } = new URL(cloud.url)
  return { entra: entra ?? demoSignIn(cloud.url), graphHosts: [host, `localhost:${port}`, `127.0.0.1:${port}`] }
}

/** While nobody can sign in. */
async function setupUrlOf({ db }: Product, pageUrl: string): Promise<string | undefined> {
  const token = await newSetupLink(db)
  return token === undefined ? undefined : `${pageUrl}/setup#${token}`
}

/** Only a port that somebody chose is worth refusing for. */
function chosenMetricsPort({ metrics }: Config): ChosenPort[] {
  return metrics.isPortChosen && metrics.port > 0 ? [metricsPort(metrics)] : []
}

/** Before anything is started. A port of the `up` that runs here is left to `claimInstallation`, which says so. */
async function refuseUsedPorts({ dataDir }: Config, wanted: readonly ChosenPort[]): Promise<void> {
  const running = await readInstallation(dataDir)
  const ours = [running?.pageUrl, running?.simulatorUrl, running?.metricsUrl].map((url) =>
    url ? new URL(url).port : '',
  )
  for (const chosen of wanted) if (!ours.includes(String(chosen.port))) await probePort(chosen)
}

async function startDatabase(
  { databaseUrl, dataDir, postgresSettings, logLevel }: Config,
  stack: AsyncDisposableStack,
): Promise<string> {
  if (databaseUrl !== undefined) return databaseUrl
  const log = createLog({ level: logLevel, pretty: process.stderr.isTTY })
  return stack.use(await startEmbeddedPostgres({ dataDir, log, settings: postgresSettings })).url
}

async function startCloud(cli: Cli, { dataDir, port }: { dataDir: string; port: number }, stack: AsyncDisposableStack) {
  cli.terminal.say('Starting the simulated cloud …')
  const cloud = await startDemoCloud(dataDir, port)
  let isStopping = false
  stack.defer(() => {
    isStopping = true
    return cloud.stop()
  })
  const sayWhenGone = async () => {
    await cloud.gone
    if (!isStopping)
      cli.terminal.say('The simulated cloud ended by itself; stop with Ctrl-C and start again to have it back.')
  }
  void sayWhenGone()
  return cloud
}

interface Ready {
  readonly pageUrl: string
  /** While nobody can sign in. */
  readonly setupUrl: string | undefined
  readonly metricsUrl: string | undefined
  readonly tookMs: number
  readonly hasTenants: boolean
}

function sayReady(cli: Cli, { pageUrl, setupUrl, metricsUrl, tookMs, hasTenants }: Ready): void {
  const { bold } = { bold: (text: string) => cli.terminal.onMessages.paint('bold', text) }
  const next = hasTenants
    ? [
        'tenant list',
        'policy list --tenant "Contoso Manufacturing" --limit 10',
        'backup create --tenant "Contoso Manufacturing"',
      ]
    : ['tenant add "Contoso" --entra-id <id>', 'connection set --help', 'connection verify']
  cli.terminal.say('')
  cli.terminal.say(`${bold(`TenantAtlas is ready: ${pageUrl}`)}   (${durationWords(tookMs)})`)
  if (setupUrl !== undefined) {
    cli.terminal.say('Nobody can sign in yet. Make the first owner with this link; it works once, for an hour:')
    cli.terminal.say(`  ${setupUrl}`)
  }
  if (hasTenants) cli.terminal.say('Sign in with Microsoft as a demo person: the simulated Entra lets you choose.')
  if (metricsUrl !== undefined) cli.terminal.say(`For machines that watch: ${metricsUrl}/metrics, /healthz, /readyz`)
  cli.terminal.say('')
  cli.terminal.say('Try in another terminal:')
  for (const command of next) cli.terminal.say(`  npx tenantatlas ${command}`)
  cli.terminal.say('')
  if (hasTenants) cli.terminal.say('The tenants are simulated; what happens in them is kept in the data directory.')
  cli.terminal.say('Ctrl-C stops everything that was started here.')
}
