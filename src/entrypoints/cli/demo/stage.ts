/**
 * The stage of the demo: an installation of its own in a temporary folder, with a database, one simulated tenant and a
 * worker. Nothing of the installation in the data directory is touched, and everything is gone afterwards.
 */
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { keyPlaceOf } from '#foundation/config/key-place.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { SimulatorControl } from '../../../../simulator/control.ts'
import { startSimulator } from '../../../../simulator/start-simulator.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { seed } from '#domain/workspaces/seed.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli, Product } from '#entrypoints/cli/cli.ts'
import { appCredential } from '#entrypoints/cli/demo-workspace.ts'

export interface Stage extends AsyncDisposable {
  readonly product: Product
  readonly tenant: TenantContext
  /** The tenant's id in the simulated cloud. */
  readonly entraTenantId: string
  readonly control: SimulatorControl
}

/** Sets the stage: with a generated tenant of 500 policies, or with the export in `load`. */
export async function setStage(cli: Cli, options: { readonly load: string | undefined }): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-demo-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const postgres = stack.use(await startTemporaryPostgres())
  await migrate({ url: postgres.url })
  const cloud = stack.use(await startCloud(folder, options.load))

  const config = { ...(await cli.config()), dataDir: folder, databaseUrl: undefined, logLevel: 'warn' as const }
  const product = stack.use(
    await cli.compose(config, {
      databaseUrl: postgres.url,
      applicationName: 'tenantatlas demo',
      poolSize: 12,
      doesWork: true,
    }),
  )
  await ensureKey(product.db, keyPlaceOf(config))
  const { tenant, entraTenantId } = await seedTenant(product, cloud)
  const drained = new AbortController()
  const work = product.work({ signal: drained.signal, solo: true })
  stack.defer(async () => {
    drained.abort()
    await work
  })
  const opened = stack.move()
  return {
    product,
    tenant,
    entraTenantId,
    control: cloud.control,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function startCloud(folder: string, load: string | undefined) {
  const tenants = load === undefined ? [{ name: 'Contoso Manufacturing', policies: 500, seed: 72 }] : []
  const loaded = load === undefined ? [] : [{ folder: resolve(load), name: 'Loaded tenant' }]
  try {
    return await startSimulator({ tenants, load: loaded, journal: join(folder, 'journal.jsonl') })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Failure('invalid_state', `The simulated cloud did not start: ${why}`, { cause })
  }
}

async function seedTenant(product: Product, cloud: { readonly url: string; readonly control: SimulatorControl }) {
  const [simulated] = await cloud.control.tenants()
  if (simulated === undefined) throw new Failure('invalid_state', 'The simulated cloud has no tenant.')
  const { tenants } = await seed(product.db, {
    workspace: { name: 'Demo', slug: 'demo', ownerName: 'Administrator' },
    members: [],
    tenants: [{ name: simulated.name, entraTenantId: simulated.id }],
  })
  const [tenant] = tenants
  if (tenant === undefined) throw new TypeError('the tenant was just seeded')
  await connectTenant(product, tenant, {
    endpoints: { cloud: 'custom', authorityUrl: cloud.url, graphUrl: cloud.url },
    reader: appCredential(simulated.apps, 'reader'),
    writer: appCredential(simulated.apps, 'writer'),
  })
  return { tenant, entraTenantId: simulated.id }
}
