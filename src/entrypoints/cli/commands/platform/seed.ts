import type { StartedSimulator } from '../../../../../simulator/start-simulator.ts'
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { keyPlaceOf } from '#foundation/config/key-place.ts'
import { createControl } from '../../../../../simulator/control.ts'
import type { SimulatorControl } from '../../../../../simulator/control.ts'
import { listWorkers } from '#domain/operations/list-workers.ts'
import type { Cli, Command, Product } from '#entrypoints/cli/cli.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import { tenantColumns } from '#entrypoints/cli/commands/tenant/list.ts'
import { seedDemoWorkspace, startDemoCloud, startFirstSyncs } from '#entrypoints/cli/demo-workspace.ts'
import { tenantDocument } from '#entrypoints/documents/tenant-document.ts'
import { readInstallation } from '#entrypoints/cli/installation.ts'
import { runDocument } from '#entrypoints/documents/run-document.ts'
import { followHere } from '#entrypoints/cli/runs/follow-here.ts'
import { exitCodeOf, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'
import { listTenants } from '#domain/workspaces/list-tenants.ts'
import type { Seeded } from '#domain/workspaces/seed.ts'

/** Policies are what a first sync observes, so seeding ends when every tenant has been observed once. */
export const seedDemo: Command = async (cli) => {
  await using stack = new AsyncDisposableStack()
  const product = stack.use(await openProduct(cli, { poolSize: 12, doesWork: true }))
  await ensureKey(product.db, keyPlaceOf(await cli.config()))
  const cloud = await demoCloudOf(cli, stack)
  const seeded = await seedDemoWorkspace(product, cloud)
  const { workspaces, members, tenants } = seeded.created
  cli.terminal.say(`Made ${workspaces} workspaces, ${members} members, ${tenants} tenants; what was there stays.`)
  const exitCode = await observeOnce(cli, product, seeded)
  const overviews = await listTenants(product.db, seeded.ctx)
  await cli.printer.list({ items: overviews.map(tenantDocument), columns: tenantColumns, empty: '' })
  return exitCode
}

/** The simulated cloud that `up` runs, else one of our own for as long as the seeding takes. */
async function demoCloudOf(cli: Cli, stack: AsyncDisposableStack): Promise<{ url: string; control: SimulatorControl }> {
  const { dataDir, simulatorPort } = await cli.config()
  const running = await readInstallation(dataDir)
  const url = running?.simulatorUrl ?? undefined
  if (url !== undefined && (await answers(url))) return { url, control: createControl(url) }
  const started: StartedSimulator = await startDemoCloud(dataDir, simulatorPort)
  return stack.use(started)
}

async function answers(url: string): Promise<boolean> {
  return createControl(url)
    .tenants()
    .then(() => true)
    .catch(() => false)
}

async function observeOnce(cli: Cli, product: Product, seeded: Seeded): Promise<number> {
  const started = await startFirstSyncs(product, seeded)
  if (started.length === 0) return exitCodes.ok
  await using stack = new AsyncDisposableStack()
  if ((await listWorkers(product.db)).length === 0) stack.use(workMeanwhile(product))
  let exitCode: number = exitCodes.ok
  for (const { runId } of started) {
    const ended = await followHere(cli, product, seeded.ctx, runId)
    if (ended === undefined) return exitCodes.interrupted
    const run = runDocument(ended)
    sayEnded(cli, run)
    exitCode ||= exitCodeOf(run)
  }
  return exitCode
}

/** A worker in this process, until disposed: nobody else would do the work. */
function workMeanwhile(product: Product): AsyncDisposable {
  const done = new AbortController()
  const work = product.work({ signal: done.signal })
  return {
    async [Symbol.asyncDispose]() {
      done.abort()
      await work
    },
  }
}
