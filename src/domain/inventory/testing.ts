/** Test only: tenants of a real simulator process, reached by the real client, observed by real claimed runs. */
import { afterAll, beforeAll } from 'vitest'
import { createFetchAssignmentsHandler } from '#domain/assignments/fetch-assignments-handler.ts'
import { createSyncInventoryHandler } from '#domain/inventory/sync-inventory-handler.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import type { Claim } from '#domain/operations/claim.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { givenClaim } from '#domain/operations/operations-testing.ts'
import type { RunHandle } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { trackRun } from '#domain/operations/track-run.ts'
import type { Work } from '#domain/operations/track-run.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'
import { clientOf, silentLog } from '#graph/client/testing.ts'
import type { SimulatorControl, TenantView } from '../../../simulator/control.ts'
import { startSimulator } from '../../../simulator/start-simulator.ts'
import type { StartedSimulator } from '../../../simulator/start-simulator.ts'

export interface SimulatedTenant {
  readonly db: Database
  readonly ctx: TenantContext
  /** What the simulator calls the tenant. */
  readonly id: string
  readonly control: SimulatorControl
  readonly graph: GraphClient
}

export interface TestSimulator {
  readonly control: SimulatorControl
  /** A workspace with one tenant, which exists in the simulator too. */
  givenTenant(db: Database, wish?: { readonly policies?: number; readonly groups?: number }): Promise<SimulatedTenant>
}

/** One simulator for the tests of a file, without throttling; a test that sets faults clears them. */
export function useSimulator(): TestSimulator {
  let simulator: StartedSimulator | undefined
  let tenants = 0
  beforeAll(async () => {
    simulator = await startSimulator({ seed: 11, tenants: 0, settings: { throttling: false } })
  })
  afterAll(() => simulator?.stop())
  const running = () => {
    if (simulator === undefined) throw new TypeError('the simulator is there from beforeAll to afterAll only')
    return simulator
  }
  return {
    get control() {
      return running().control
    },
    async givenTenant(db, { policies = 60, groups = 8 } = {}) {
      const { control, url } = running()
      const view = await control.addTenant({ name: `Tenant ${(tenants += 1)}`, policies, groups })
      const ctx = await givenTenant(db, await givenWorkspace(db))
      return { db, ctx, id: view.id, control, graph: graphOf(url, view) }
    },
  }
}

function graphOf(url: string, { id, apps }: TenantView): GraphClient {
  const reader = apps.find((app) => app.name === 'reader')
  if (!reader?.secret) throw new TypeError('a simulated tenant has a reader with a secret')
  const credentials = { reader: { kind: 'secret', clientId: reader.clientId, secret: reader.secret } } as const
  return clientOf({ url }, { entraTenantId: id, credentials })
}

/** Starts a sync, claims it and runs it once, as a worker would. */
export async function syncOnce(tenant: SimulatedTenant): Promise<RunView> {
  await startRun(tenant.db, tenant.ctx, { type: 'inventory.sync', input: {}, trigger: 'user' })
  return attempt(tenant, syncWork(tenant))
}

/** The same for a fetch; its cooldown does not stand in the way of the next one. */
export async function fetchOnce(tenant: SimulatedTenant, what: InputOf<'assignments.fetch'>['what']): Promise<RunView> {
  const { db, ctx, graph } = tenant
  const handler = createFetchAssignmentsHandler({ db, graphFor: async () => graph })
  await inWorkspace(db, ctx, (tx) =>
    tx.updateTable('operation_runs').set({ holds: false }).where('outcome', '<>', 'pending').execute(),
  )
  await startRun(db, ctx, { type: 'assignments.fetch', input: { what }, trigger: 'user' })
  return attempt(tenant, (run) => handler(ctx, { ...run, input: { what } }))
}

/** One attempt of the run that is queued for the tenant. */
export async function attempt({ db, ctx }: SimulatedTenant, work: Work, signal = neverAborted): Promise<RunView> {
  // An attempt that was put back is due at once.
  await inWorkspace(db, ctx, async (tx) => {
    await tx
      .updateTable('live_runs')
      .set({ run_at: new Date(0) })
      .where('lane', '=', ctx.tenantId)
      .execute()
    await tx.deleteFrom('lane_controls').where('lane', '=', ctx.tenantId).execute()
  })
  const claim: Claim = await givenClaim(db, ctx)
  await trackRun({ db, log: silentLog, signal, leaseSignal: neverAborted }, claim, work)
  return getRun(db, ctx, claim.runId)
}

export function syncWork({ db, ctx, graph }: SimulatedTenant): Work {
  const handler = createSyncInventoryHandler({ db, graphFor: async () => graph })
  return (run) => handler(ctx, run as RunHandle<InputOf<'inventory.sync'>>)
}

const neverAborted = new AbortController().signal
