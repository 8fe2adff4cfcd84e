/** What both parts of the benchmark run on: one database, one simulated cloud at its default limits, a worker process. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { seed } from '#domain/workspaces/seed.ts'
import { openDatabase } from '#foundation/db/database.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import { migrate } from '#foundation/db/migrate.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createLog } from '#foundation/observability/log.ts'
import type { AppView, SimulatorControl, TenantView } from '../../simulator/control.ts'
import { startSimulator } from '../../simulator/start-simulator.ts'
import { startDurablePostgres } from '../durable-postgres.ts'
import type { Waits, WorkerReport } from './measured-worker.ts'

export interface BenchStage extends AsyncDisposable {
  readonly database: OpenDatabase
  readonly control: SimulatorControl
  readonly cloudUrl: string
  /** Makes a tenant in the cloud and connects it. */
  addTenant(name: string, policies: number): Promise<{ readonly view: TenantView; readonly ctx: TenantContext }>
  startWorker(): Promise<MeasuredWorker>
}

export interface MeasuredWorker {
  /** Milliseconds its Graph clients have waited so far. */
  waitedMs(): Promise<number>
  /** Ends it and says what it measured. */
  end(): Promise<WorkerReport>
}

export async function setBenchStage(): Promise<BenchStage> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const log = createLog({ level: 'warn', pretty: false })
  const postgres = stack.use(await startDurablePostgres(log))
  await migrate({ url: postgres.url })
  const cloud = stack.use(await startSimulator({ tenants: 0, journal: join(folder, 'journal.jsonl') }))
  const database = stack.use(
    openDatabase({ url: postgres.url, role: 'login', poolSize: 4, applicationName: 'bench', log }),
  )
  const keyDirectory = join(folder, 'keys')
  await ensureKey(database.db, { directory: keyDirectory })
  const opened = stack.move()
  return {
    database,
    control: cloud.control,
    cloudUrl: cloud.url,
    async addTenant(name, policies) {
      const view = await cloud.control.addTenant({ name, policies })
      const { tenants } = await seed(database.db, {
        workspace: { name: 'Bench', slug: 'bench', ownerName: 'Administrator' },
        members: [],
        tenants: [{ name, entraTenantId: view.id }],
      })
      const ctx = tenants[0]
      if (ctx === undefined) throw new TypeError('the tenant was just seeded')
      await connectTenant({ db: database.db }, ctx, {
        endpoints: { cloud: 'custom', authorityUrl: cloud.url, graphUrl: cloud.url },
        reader: credentialOf(view.apps, 'reader'),
      })
      return { view, ctx }
    },
    startWorker: () => startWorker(postgres.url, keyDirectory),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

function credentialOf(apps: readonly AppView[], name: string) {
  const app = apps.find((candidate) => candidate.name === name)
  if (app === undefined || app.secret === null)
    throw new TypeError(`a simulated tenant has an app "${name}" with a secret`)
  return { kind: 'secret', clientId: app.clientId, secret: app.secret } as const
}

async function startWorker(databaseUrl: string, keyDirectory: string): Promise<MeasuredWorker> {
  const child = fork(fileURLToPath(new URL('./measured-worker.ts', import.meta.url)), [databaseUrl, keyDirectory])
  await once(child, 'message')
  return {
    async waitedMs() {
      // Safe: only `measured-worker.ts` sends it.
      const answer = once(child, 'message') as Promise<[Waits]>
      child.send('waits')
      const [{ pacingWaitMs, throttleWaitMs }] = await answer
      return pacingWaitMs + throttleWaitMs
    },
    async end() {
      // Safe: only `measured-worker.ts` sends it.
      const report = once(child, 'message') as Promise<[WorkerReport]>
      child.send('end')
      const [measured] = await report
      await once(child, 'close')
      return measured
    },
  }
}
