/** What cases run on, one after the other: a database, a simulator process, and workers over both. */
import { openDatabase } from '#foundation/db/database.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { createLog } from '#foundation/observability/log.ts'
import type { WorkerArguments } from '#domain/restore/testing-worker.ts'
import { startCloudRelay } from '../canaries/cloud-relay.ts'
import { SecretWatch } from '../canaries/secret-watch.ts'
import { createDatabase } from '../create-database.ts'
import { startSimulator } from '../../simulator/start-simulator.ts'
import type { SimulatorControl, TenantView } from '../../simulator/control.ts'

export interface Stage extends AsyncDisposable {
  readonly database: OpenDatabase
  readonly control: SimulatorControl
  /** What a worker process needs to reach the database and the simulated tenant. */
  workerFor(tenant: TenantView): WorkerArguments
  /** For the secrets of its tenants' apps, their tokens and the database's password. */
  readonly watch: SecretWatch
  /** The path of its program. */
  readonly worker: string
}

const log = createLog({ level: 'warn', pretty: true })

// Short, so that a case takes seconds; those of the product differ in their length only.
const timing = {
  requestTimeoutMs: 1_500,
  startWithinMs: 200,
  readBackMs: 4_000,
  firstPollMs: 20,
  longestPollMs: 100,
  finishItemMs: 500,
}
const leaseMs = 1_200

export async function setStage(serverUrl: string, name: string, worker: string): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const url = await createDatabase(serverUrl, name)
  await migrate({ url })
  const database = stack.use(openDatabase({ url, role: 'login', poolSize: 6, applicationName: 'fault matrix', log }))
  const simulator = stack.use(await startSimulator({ tenants: 0, settings: { throttling: false } }))
  const watch = stack.use(await SecretWatch.open(database, url))
  const relay = stack.use(await startCloudRelay(simulator.url, watch.canaries))
  const endpoints = { authorityUrl: relay.url, graphUrl: simulator.url }
  const owned = stack.move()
  return {
    database,
    control: simulator.control,
    worker,
    watch,
    workerFor: (tenant) => ({
      databaseUrl: url,
      client: clientOf(endpoints, tenant),
      timing,
      leaseMs,
      logFile: watch.logFile,
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function clientOf(endpoints: WorkerArguments['client']['endpoints'], tenant: TenantView): WorkerArguments['client'] {
  const credentials = { reader: credentialOf(tenant, 'reader'), writer: credentialOf(tenant, 'writer') }
  return { endpoints, entraTenantId: tenant.id, credentials }
}

function credentialOf({ apps }: TenantView, name: string) {
  const app = apps.find((candidate) => candidate.name === name)
  if (app === undefined || app.secret === null)
    throw new TypeError(`a simulated tenant has an app "${name}" with a secret`)
  return { kind: 'secret', clientId: app.clientId, secret: app.secret } as const
}
