/** What the hosts work on: one database, the simulator, and tenants connected to it, with the key of their credentials. */
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { seed } from '#domain/workspaces/seed.ts'
import { privateFile } from '#foundation/crypto/key-files.ts'
import { openDatabase, type OpenDatabase } from '#foundation/db/database.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createLog } from '#foundation/observability/log.ts'
import { startCloudRelay } from '../canaries/cloud-relay.ts'
import { SecretWatch } from '../canaries/secret-watch.ts'
import { startSimulator } from '../../simulator/start-simulator.ts'
import type { SimulatorControl } from '../../simulator/control.ts'
import { hubAddress } from './network.ts'
import { relay } from './relay.ts'
import type { HostSettings } from './start-host.ts'

export interface HostsStage extends AsyncDisposable {
  readonly database: OpenDatabase
  readonly control: SimulatorControl
  readonly tenants: readonly TenantContext[]
  /** For the secrets of the tenants' apps, their tokens, the key that opens them and the database's password. */
  readonly watch: SecretWatch
  /** What every host is started with. */
  readonly shared: Omit<HostSettings, 'name'>
}

const leaseSeconds = 6
const log = createLog({ level: 'warn', pretty: true })

export async function setHostsStage(tenantCount: number): Promise<HostsStage> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'hosts-'))
  const postgres = stack.use(await startTemporaryPostgres())
  await migrate({ url: postgres.url })
  const database = stack.use(
    openDatabase({ url: postgres.url, role: 'login', poolSize: 4, applicationName: 'hosts', log }),
  )
  const simulator = stack.use(await startSimulator({ tenants: tenantCount, policies: 60 }))
  const keys = { directory: join(folder, 'keys') }
  await ensureKey(database.db, keys)
  const keyFile = privateFile(keys.directory, 1)
  const watch = stack.use(await SecretWatch.open(database, postgres.url))
  watch.canaries.learnPrivateKey('private key of credentials', await readFile(keyFile, 'utf8'))
  const cloud = stack.use(await startCloudRelay(simulator.url, watch.canaries))
  const tenants = await connectAll(database, { ...simulator, url: cloud.url }, watch)

  // Both listen on the loopback of the hub; hosts reach them at the address of the bridge.
  const databaseWay = stack.use(await relay({ host: hubAddress, port: 0 }, placeOf(postgres.url)))
  const simulatorWay = stack.use(await relay({ host: hubAddress, port: 0 }, placeOf(cloud.url)))
  const databaseUrl = new URL(postgres.url)
  databaseUrl.host = `${hubAddress}:${databaseWay.port}`
  const opened = stack.move()
  return {
    database,
    control: simulator.control,
    tenants,
    watch,
    shared: {
      folder,
      keyFile,
      databaseUrl: databaseUrl.href,
      leaseSeconds,
      watch,
      simulatorPorts: { here: placeOf(cloud.url).port, hub: simulatorWay.port },
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

function placeOf(url: string) {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}

type Simulated = Awaited<ReturnType<typeof startSimulator>>

async function connectAll(
  { db }: OpenDatabase,
  { url, tenants: simulated, control }: Pick<Simulated, 'url' | 'tenants' | 'control'>,
  { canaries }: SecretWatch,
) {
  const { tenants } = await seed(db, {
    workspace: { name: 'Hosts', slug: 'hosts', ownerName: 'Hosts' },
    members: [],
    tenants: simulated.map(({ name, id }) => ({ name, entraTenantId: id })),
  })
  for (const [index, tenant] of tenants.entries()) {
    const { id = '', apps = [] } = simulated[index] ?? {}
    const reader = apps.find(({ name }) => name === 'reader')
    if (reader === undefined) throw new TypeError('a simulated tenant has an app "reader"')
    const secret = canaries.make('client secret')
    const { name, permissions } = reader
    await control.registerApp(id, { name, permissions, secret })
    await connectTenant({ db }, tenant, {
      endpoints: { cloud: 'custom', authorityUrl: url, graphUrl: url },
      reader: { kind: 'secret', clientId: reader.clientId, secret },
    })
  }
  return tenants
}
