/**
 * What is fuzzed: a database with two workspaces that have tenants of a simulated cloud, observed and backed up by a worker,
 * and people of each role. Every name in a workspace holds its canary: a text that nobody outside of it may see.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { compose } from '#compose.ts'
import { addChannel } from '#domain/notifications/add-channel.ts'
import { createBackup } from '#domain/backups/create-backup.ts'
import { backupSetOfRun } from '#domain/backups/show-backup.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { planRestore } from '#domain/restore/plan-restore.ts'
import { createSchedule } from '#domain/schedules/create-schedule.ts'
import { seed } from '#domain/workspaces/seed.ts'
import { readConfig } from '#foundation/config/config.ts'
import { keyPlaceOf } from '#foundation/config/key-place.ts'
import { openDatabase, type Database } from '#foundation/db/database.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'
import { startSimulator, type StartedSimulator } from '../../simulator/start-simulator.ts'

export interface World {
  readonly slug: string
  readonly canary: string
  readonly ctx: WorkspaceContext
  readonly tenants: readonly TenantContext[]
}

export interface Stage extends AsyncDisposable {
  readonly databaseUrl: string
  readonly dataDir: string
  /** Sees the rows of every workspace. */
  readonly owner: Database
  readonly here: World
  readonly elsewhere: World
}

export async function setStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantatlas-fuzz-'))
  stack.defer(() => rm(dataDir, { recursive: true, force: true }))
  const { url: databaseUrl } = stack.use(await startTemporaryPostgres())
  await migrate({ url: databaseUrl })
  const log = createLog({ level: 'error', pretty: true })
  const { db: owner } = stack.use(
    openDatabase({ url: databaseUrl, role: 'login', poolSize: 4, applicationName: 'fuzz', log }),
  )
  const config = readConfig({ TENANTATLAS_DATA_DIR: dataDir, TENANTATLAS_LOG_LEVEL: 'error' })
  await ensureKey(owner, keyPlaceOf(config))
  await using cloud = await startSimulator({ tenants: 0, settings: { throttling: false } })
  const here = await makeWorld(owner, cloud, 'here')
  const elsewhere = await makeWorld(owner, cloud, 'elsewhere')
  const product = await compose(config, { databaseUrl, applicationName: 'fuzz work', poolSize: 12, doesWork: true })
  const drained = new AbortController()
  const work = product.work({ signal: drained.signal, solo: true })
  for (const world of [here, elsewhere]) await fillWorld(owner, world)
  drained.abort()
  await work
  await product[Symbol.asyncDispose]()
  const owned = stack.move()
  return { databaseUrl, dataDir, owner, here, elsewhere, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function makeWorld(db: Database, cloud: StartedSimulator, slug: string): Promise<World> {
  const canary = `canary-of-${slug}`
  const views = []
  for (let n = 0; n < 2; n += 1)
    views.push(await cloud.control.addTenant({ name: `Tenant ${n} ${slug}`, policies: 40 }))
  const { ctx, tenants } = await seed(db, {
    workspace: { name: `Workspace ${canary}`, slug, ownerName: `Owner ${canary}` },
    members: [],
    tenants: views.map(({ id }, n) => ({ name: `Tenant ${n} ${canary}`, entraTenantId: id })),
  })
  for (const [n, tenant] of tenants.entries()) {
    const app = views[n]?.apps.find(({ name }) => name === 'reader')
    if (app?.secret === null || app === undefined) throw new TypeError('a simulated tenant has a reader with a secret')
    await connectTenant({ db }, tenant, {
      endpoints: { cloud: 'custom', authorityUrl: cloud.url, graphUrl: cloud.url },
      reader: { kind: 'secret', clientId: app.clientId, secret: app.secret },
    })
  }
  const receiver = { kind: 'webhook', url: 'https://hooks.example.com/x' } as const
  await addChannel({ db, notify: { allowHosts: [] } }, ctx, { name: `Tickets ${canary}`, receiver })
  return { slug, canary, ctx, tenants }
}

/** What a worker leaves in a workspace that is used: observations, a backup, the plan of a restore, a schedule. */
async function fillWorld(db: Database, { tenants, canary }: World): Promise<void> {
  for (const tenant of tenants) {
    await ended(db, tenant, (await startRun(db, tenant, { type: 'inventory.sync', input: {}, trigger: 'user' })).runId)
    const backup = await createBackup(db, tenant, { note: `Before ${canary}` })
    await ended(db, tenant, backup.runId)
    const set = await backupSetOfRun(db, tenant, backup.runId)
    if (set === undefined) throw new TypeError('a backup that ended has a set')
    const { previewRunId } = await planRestore(db, tenant, { backupSetId: set.id, mode: 'replace' })
    await ended(db, tenant, previewRunId)
    await createSchedule(db, tenant, {
      name: `Nightly of ${tenant.tenantName}`,
      cron: '0 3 * * *',
      timeZone: 'UTC',
      tenant,
    })
  }
}

async function ended(db: Database, ctx: WorkspaceContext, runId: RunId): Promise<void> {
  for (;;) {
    const { status } = await getRun(db, ctx, runId)
    if (status === 'completed') return
    await pause(50)
  }
}
