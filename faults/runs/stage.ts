/** What cases run on, one after the other: a database, a simulator process with one tenant, and workers over both. */
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { openDatabase } from '#foundation/db/database.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { createLog } from '#foundation/observability/log.ts'
import type { AppView, ObjectView, SimulatorControl, TenantView } from '../../simulator/control.ts'
import { startSimulator } from '../../simulator/start-simulator.ts'
import { startCloudRelay } from '../canaries/cloud-relay.ts'
import { SecretWatch } from '../canaries/secret-watch.ts'
import { createDatabase } from '../create-database.ts'
import { Process } from './process.ts'
import { Resident } from './resident.ts'
import type { StarterSettings } from './starter.ts'
import type { WorkerSettings } from './worker.ts'

/** What is different from the product as it is: a bug that was planted, so that the matrix must find it. */
export interface StageChange {
  /** Alters the database after it was migrated. */
  readonly prepareDatabase?: (pool: pg.Pool) => Promise<void>
  /** For every process of the product: `--import=…`. */
  readonly nodeArgs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Default: as they are in the sources. */
  readonly programs?: Programs
}

/** The files of the programs that are started. */
export type Programs = Readonly<Record<'worker' | 'starter', string>>

export interface WorkerChoice extends Partial<Omit<WorkerSettings, 'databaseUrl' | 'client' | 'logFile'>> {
  /** `name:kill@n` */
  readonly failpoint?: string
  readonly nodeArgs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Another address of the database. */
  readonly databaseUrl?: string
}

export interface Stage extends AsyncDisposable {
  readonly url: string
  readonly database: OpenDatabase
  readonly control: SimulatorControl
  readonly tenant: TenantView
  /** Everything the simulated tenant has; no case changes it. */
  readonly objects: readonly ObjectView[]
  /** One per process of a case: the journal tells them apart. */
  readonly apps: readonly AppView[]
  readonly leaseMs: number
  /** The worker that nothing is done to. Its app is the first. */
  readonly resident: Resident
  /** For the secrets of its apps, their tokens and the database's password. */
  readonly watch: SecretWatch
  /** Any program, as those of the product are started. */
  spawn(file: string, settings: unknown, choice?: WorkerChoice): Promise<Process>
  /** A worker process with the n-th app; resolves when it works, or is gone already. */
  spawnWorker(app: number, choice?: WorkerChoice): Promise<Process>
  spawnStarter(choice?: Pick<WorkerChoice, 'failpoint' | 'nodeArgs' | 'env' | 'databaseUrl'>): Promise<Process>
}

const log = createLog({ level: 'silent', pretty: false })
/** Short, so that a case takes seconds; that of the product differs in its length only. */
const leaseMs = 2_000
const appCount = 8

export const programs: Programs = {
  worker: fileURLToPath(new URL('./worker.ts', import.meta.url)),
  starter: fileURLToPath(new URL('./starter.ts', import.meta.url)),
}

/** A stage on the server at `serverUrl`, in a database of that name which must not be there yet. */
export async function setStage(
  serverUrl: string,
  name: string,
  change: StageChange = {},
  makeSchema: (url: string) => Promise<unknown> = (url) => migrate({ url }),
): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const { worker, starter } = change.programs ?? programs
  const url = await createDatabase(serverUrl, name)
  await makeSchema(url)
  const database = stack.use(openDatabase({ url, role: 'login', poolSize: 10, applicationName: 'fault matrix', log }))
  await change.prepareDatabase?.(database.pool)
  const simulator = stack.use(await startSimulator({ tenants: 0, settings: { throttling: false } }))
  const watch = stack.use(await SecretWatch.open(database, url))
  const { logFile } = watch
  const relay = stack.use(await startCloudRelay(simulator.url, watch.canaries))
  const tenant = await simulator.control.addTenant({ name: 'Contoso', policies: 60, groups: 10, seed: 1 })
  const apps = await registerApps(simulator.control, tenant, watch)
  const endpoints = { authorityUrl: relay.url, graphUrl: simulator.url }
  const spawn: Stage['spawn'] = async (file, settings, { failpoint = '', nodeArgs = [], env = {} } = {}) => {
    const process = new Process({
      file,
      args: [JSON.stringify(settings)],
      nodeArgs: [...(change.nodeArgs ?? []), ...nodeArgs],
      env: { ...change.env, ...env, TENANTATLAS_FAILPOINT: failpoint },
      listener: watch.listen(),
    })
    await process.line()
    return process
  }
  const spawnWorker: Stage['spawnWorker'] = (app, choice = {}) => {
    const { failpoint: _failpoint, nodeArgs: _nodeArgs, env: _env, ...chosen } = choice
    const client = clientOf(endpoints, tenant, apps[app])
    const settings: WorkerSettings = { databaseUrl: url, client, leaseMs, logFile, atOnce: true, ...chosen }
    return spawn(worker, settings, choice)
  }
  const resident = stack.use(new Resident(() => spawnWorker(0, { atOnce: false })))
  await resident.begin()
  const objects = await simulator.control.objects(tenant.id)
  const owned = stack.move()
  return {
    url,
    database,
    control: simulator.control,
    tenant,
    objects,
    apps,
    leaseMs,
    resident,
    watch,
    spawn,
    spawnWorker,
    spawnStarter: (choice = {}) => {
      const settings: StarterSettings = { databaseUrl: choice.databaseUrl ?? url, logFile }
      return spawn(starter, settings, choice)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function registerApps(
  control: SimulatorControl,
  { id, apps }: TenantView,
  { canaries }: SecretWatch,
): Promise<AppView[]> {
  const permissions = apps.find(({ name }) => name === 'reader')?.permissions ?? []
  const names = Array.from({ length: appCount }, (_, index) => `worker ${index}`)
  const secretOf = () => canaries.make('client secret')
  return Promise.all(names.map((name) => control.registerApp(id, { name, permissions, secret: secretOf() })))
}

function clientOf(
  endpoints: WorkerSettings['client']['endpoints'],
  { id }: TenantView,
  app: AppView | undefined,
): WorkerSettings['client'] {
  if (app === undefined || app.secret === null) throw new TypeError('a case has more processes than there are apps')
  const reader = { kind: 'secret', clientId: app.clientId, secret: app.secret } as const
  return { endpoints, entraTenantId: id, credentials: { reader } }
}
