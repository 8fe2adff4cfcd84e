/**
 * The demo workspace: three simulated tenants of different size, connected by the app registrations the simulated
 * cloud made for them. The same seed makes the same tenants, ids and secrets, and the journal in the data directory
 * keeps what was changed in them, so a restart finds its own again.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { homePeople, homeTenant, signInApps } from '../../../simulator/people.ts'
import type { AppView, SimulatorControl } from '../../../simulator/control.ts'
import type { EntraConfig } from '#foundation/config/entra-config.ts'
import { startSimulator } from '../../../simulator/start-simulator.ts'
import type { StartedSimulator } from '../../../simulator/start-simulator.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { showConnection } from '#domain/connections/show-connection.ts'
import type { NewCredential } from '#domain/connections/connection.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import { listTenants } from '#domain/workspaces/list-tenants.ts'
import type { TenantOverview } from '#domain/workspaces/workspace.ts'
import { seed } from '#domain/workspaces/seed.ts'
import type { Seeded } from '#domain/workspaces/seed.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Product } from '#entrypoints/cli/cli.ts'

const demoCloud = {
  seed: 7,
  tenants: [
    { name: 'Woodgrove Clinic', policies: 60, seed: 71 },
    { name: 'Contoso Manufacturing', policies: 500, seed: 72 },
    { name: 'Fabrikam Retail Group', policies: 2000, seed: 73 },
  ],
} as const

/**
 * Starts the simulated cloud of the demo workspace as a process of its own.
 * @throws Failure `invalid_state` with the simulator's own sentence when it cannot start
 */
export async function startDemoCloud(dataDir: string, port: number): Promise<StartedSimulator> {
  const folder = join(dataDir, 'simulator')
  await mkdir(folder, { recursive: true })
  try {
    return await startSimulator({
      ...demoCloud,
      tenants: [...demoCloud.tenants],
      homeTenant: true,
      port,
      journal: join(folder, 'journal.jsonl'),
    })
  } catch (cause) {
    throw new Failure(
      'invalid_state',
      `The simulated cloud did not start: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}

/** The people of the simulated home tenant who belong to the demo workspace, by their role. */
const demoMembers = ['owner', 'manager', 'operator', 'readonly'] as const

/** Sign-in at the simulated Entra. */
export function demoSignIn(cloudUrl: string): EntraConfig {
  const { clientId, secret } = signInApps.signIn
  return {
    authority: `${cloudUrl}/organizations`,
    clientId,
    credential: { kind: 'secret', secret },
    allowedTenants: [],
  }
}

/** Makes what is missing of the demo workspace, and connects its tenants to the simulated cloud. */
export async function seedDemoWorkspace(
  product: Product,
  cloud: { url: string; control: SimulatorControl },
): Promise<Seeded> {
  const simulated = (await cloud.control.tenants()).filter(({ name }) =>
    demoCloud.tenants.some((tenant) => tenant.name === name),
  )
  const seeded = await seed(product.db, {
    workspace: { name: 'Demo', slug: 'demo', ownerName: homePeople.owner.name },
    members: demoMembers.map((role) => ({
      name: homePeople[role].name,
      role,
      identity: {
        issuer: `${cloud.url}/${homeTenant.id}/v2.0`,
        tenantId: homeTenant.id,
        objectId: homePeople[role].objectId,
      },
    })),
    tenants: simulated.map(({ name, id }) => ({ name, entraTenantId: id })),
  })
  for (const [index, { apps }] of simulated.entries()) {
    const tenant = seeded.tenants[index]
    if (tenant === undefined || (await isConnected(product, tenant, cloud.url))) continue
    await connectTenant(product, tenant, {
      endpoints: { cloud: 'custom', authorityUrl: cloud.url, graphUrl: cloud.url },
      reader: appCredential(apps, 'reader'),
      writer: appCredential(apps, 'writer'),
    })
  }
  return seeded
}

/** The same seed makes the same secrets: what leads to this cloud is as it should be. */
async function isConnected({ db }: Product, tenant: TenantContext, url: string): Promise<boolean> {
  const connection = await showConnection(db, tenant)
  return connection?.graphUrl === url && connection.credentials.length === 2
}

/** Starts the first sync of each tenant that was never observed, and the check of each connection not verified as it is. */
export async function startFirstSyncs({ db }: Product, { ctx, tenants }: Seeded): Promise<EnsuredRun[]> {
  const overviews = await listTenants(db, ctx)
  const those = (which: (overview: TenantOverview) => boolean) =>
    tenants.filter(({ tenantRef }) => overviews.some((tenant) => tenant.tenantRef === tenantRef && which(tenant)))
  const syncs = await Promise.all(
    those(({ lastSyncAt }) => lastSyncAt === null).map((tenant) =>
      startRun(db, tenant, { type: 'inventory.sync', input: {}, trigger: 'system' }),
    ),
  )
  await Promise.all(
    those(({ health }) => health === 'unverified').map((tenant) =>
      startRun(db, tenant, { type: 'connection.verify', input: {}, trigger: 'system' }),
    ),
  )
  return syncs
}

export function appCredential(apps: readonly AppView[], name: string): NewCredential {
  const app = apps.find((candidate) => candidate.name === name)
  if (app === undefined || app.secret === null)
    throw new Failure('invalid_state', `The simulated cloud has no app registration "${name}" with a secret.`)
  return { kind: 'secret', clientId: app.clientId, secret: app.secret }
}
