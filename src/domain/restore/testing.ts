/** For tests of backups and restores: a workspace with a simulated tenant, a worker, and the words to work with them. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll } from 'vitest'
import { hashAssignments } from '#domain/assignments/hash-assignments.ts'
import { normalizeAssignments } from '#domain/assignments/normalize-assignments.ts'
import { createCaptureBackupHandler } from '#domain/backups/capture-backup-handler.ts'
import { createBackup } from '#domain/backups/create-backup.ts'
import { backupSetOfRun } from '#domain/backups/show-backup.ts'
import { createPruneBackupsHandler } from '#domain/backups/prune-backups-handler.ts'
import { createVerifyBackupHandler } from '#domain/backups/verify-backup-handler.ts'
import { createSyncInventoryHandler } from '#domain/inventory/sync-inventory-handler.ts'
import { getRun } from '#domain/operations/get-run.ts'
import type { Handlers } from '#domain/operations/handlers.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { confirmRestore } from '#domain/restore/confirm-restore.ts'
import { createExecuteRestoreHandler } from '#domain/restore/execute-restore-handler.ts'
import { groupRow } from '#domain/restore/testing-rows.ts'
import { approveAs, givenColleague } from '#domain/restore/testing-approval.ts'
import { planRestore } from '#domain/restore/plan-restore.ts'
import type { PlannedRestore, RestorePlanInput } from '#domain/restore/plan-restore.ts'
import { createPreviewRestoreHandler } from '#domain/restore/preview-restore-handler.ts'
import { showRestore } from '#domain/restore/show-restore.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import { undoRestore } from '#domain/restore/undo-restore.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { BackupSetId, RestoreRunId, RunId } from '#foundation/kernel/ids.ts'
import type { Clock } from '#graph/client/clock.ts'
import type { GraphClientOptions } from '#graph/client/create-graph-client.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'
import { secretOf, useSimulator } from '#graph/client/simulator-testing.ts'
import type { JournalEntry, Simulator, TenantView } from '#graph/client/simulator-testing.ts'
import { silentLog } from '#graph/client/testing.ts'
import { policyTypes } from '#graph/contracts/contract.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import { runWorker } from '#entrypoints/worker/run-worker.ts'

export interface LabTenant {
  readonly ctx: TenantContext
  /** Its id in the simulator. */
  readonly simId: string
  backup(types?: readonly PolicyType[]): Promise<BackupSetId>
  /** Waits for the preview. */
  plan(input: RestorePlanInput): Promise<RestoreView>
  planUndo(restoreRunId: RestoreRunId): Promise<RestoreView>
  confirm(plan: RestoreView): Promise<EnsuredRun>
  /** Confirms the plan, after somebody else has approved it where that is needed, and waits for its end. */
  apply(plan: RestoreView): Promise<{ readonly run: RunView; readonly restore: RestoreView }>
  ended(runId: RunId): Promise<RunView>
  show(restoreRunId: RestoreRunId): Promise<RestoreView>
  /** The assignments of every policy as they really are, by `type/graphId`. */
  truth(): Promise<ReadonlyMap<string, LivePolicy>>
  change(...changes: Changes): Promise<void>
  /** Everything the simulator wrote down about the tenant. */
  journal(): Promise<readonly JournalEntry[]>
  /** Requests of the journal that were to change the tenant. */
  writes(): Promise<readonly JournalEntry[]>
}

export interface LivePolicy {
  readonly type: PolicyType
  readonly graphId: string
  readonly name: string
  readonly collection: string
  readonly assignments: readonly SimAssignment[]
  /** Of the direct ones, in normal form. */
  readonly hash: string
}

type Changes = Parameters<Simulator['control']['change']>[1]
type SimAssignment = Awaited<ReturnType<Simulator['control']['objects']>>[number]['assignments'][number]

export interface Lab {
  readonly database: TestDatabase
  readonly simulator: Simulator
  readonly handlers: Handlers
  graphFor(ctx: TenantContext, options?: Partial<GraphClientOptions>): GraphClient
  /** How the simulated tenant is reached, for a process of its own. */
  connectionOf(ctx: TenantContext): Pick<GraphClientOptions, 'endpoints' | 'entraTenantId' | 'credentials'>
  /** Does this when a run waits the next time, before the time passes. */
  whenWaiting(act: () => Promise<void>): void
  /** The signal of a restore that this process executes. */
  signalOf(runId: RunId): AbortSignal | undefined
  /** Does this while a worker of this process works, where the lab has none. */
  whileWorking<T>(act: () => Promise<T>): Promise<T>
  /** A tenant of a workspace of its own, freshly made in the simulator. */
  tenant(named?: { readonly name?: string; readonly policies?: number; readonly seed?: number }): Promise<LabTenant>
}

/**
 * A database, a simulator process and, unless told otherwise, a worker for the tests of a file. Waiting inside a run
 * moves the simulator's clock and takes no time.
 */
export function useLab({ worker = true }: { readonly worker?: boolean } = {}): Lab {
  const database = useTestDatabase()
  const simulator = useSimulator({ policies: 1, seed: 1 })
  const tenants = new Map<string, TenantView>()
  // What is in a tenant follows from its name: the same in each run of a file.
  let made = 0
  const graphFor = (ctx: TenantContext, options: Partial<GraphClientOptions> = {}) =>
    clientOf(simulator, the(tenants.get(ctx.tenantId)), options)
  const waiting: (() => Promise<void>)[] = []
  const clock: Clock = {
    now: () => simulator.clock.now(),
    async sleep(ms, signal) {
      await waiting.shift()?.()
      await simulator.clock.sleep(ms, signal)
    },
  }
  const signals = new Map<RunId, AbortSignal>()
  const deps: Deps = {
    get db() {
      return database.db
    },
    graphFor: async (ctx) => graphFor(ctx),
    clock,
    signals,
  }
  const handlers = handlersOf(deps)
  if (worker) useWorker(database, handlers)
  return {
    database,
    simulator,
    handlers,
    graphFor,
    connectionOf: (ctx) => connectionOf(simulator, the(tenants.get(ctx.tenantId))),
    async whileWorking(act) {
      const worker = startWorker(database, handlers)
      try {
        return await act()
      } finally {
        await worker[Symbol.asyncDispose]()
      }
    },
    whenWaiting: (act) => void waiting.push(act),
    signalOf: (runId) => signals.get(runId),
    async tenant({ name = `Contoso ${(made += 1)}`, policies = 60, seed = 7 } = {}) {
      const sim = await simulator.control.addTenant({ name, policies, seed })
      const ctx = await givenTenant(database.db, await givenWorkspace(database.db), { name })
      tenants.set(ctx.tenantId, sim)
      return labTenant(database, simulator, { ctx, simId: sim.id })
    },
  }
}

function clientOf(simulator: Simulator, sim: TenantView, options: Partial<GraphClientOptions>): GraphClient {
  return simulator.client({ ...connectionOf(simulator, sim), ...options })
}

function connectionOf({ url }: Simulator, sim: TenantView) {
  const credentials = { reader: secretOf(sim, 'reader'), writer: secretOf(sim, 'writer') }
  return { endpoints: { authorityUrl: url, graphUrl: url }, entraTenantId: sim.id, credentials }
}

type Deps = Parameters<typeof createExecuteRestoreHandler>[0] & { readonly signals: Map<RunId, AbortSignal> }

function handlersOf(deps: Deps): Handlers {
  const unused = async (): Promise<never> => {
    throw new TypeError('this test has no such operation')
  }
  // Made when they are called: the database is there from the first test on.
  return {
    'backup.capture': (ctx, run) => createCaptureBackupHandler(deps)(ctx, run),
    'backup.verify': (ctx, run) => createVerifyBackupHandler(deps)(ctx, run),
    'restore.preview': (ctx, run) => createPreviewRestoreHandler(deps)(ctx, run),
    'assignments.restore': async (ctx, run) => {
      deps.signals.set(run.runId, run.signal)
      return createExecuteRestoreHandler(deps)(ctx, run)
    },
    'inventory.sync': (ctx, run) => createSyncInventoryHandler(deps)(ctx, run),
    'assignments.fetch': unused,
    'connection.verify': unused,
    'ops.reconcile_adapter_runs': unused,
    'backup_schedule.run': unused,
    'retention.prune': unused,
    'backup.prune': (ctx, run) => createPruneBackupsHandler(deps)(ctx, run),
  }
}

/** A worker in this process, from before the first test until after the last. */
function useWorker(database: TestDatabase, handlers: Handlers): void {
  let worker: AsyncDisposable | undefined
  beforeAll(() => {
    worker = startWorker(database, handlers)
  })
  afterAll(() => worker?.[Symbol.asyncDispose]())
}

/** A worker in this process; disposing waits until it has given back what it has. */
function startWorker(database: TestDatabase, handlers: Handlers): AsyncDisposable {
  const stop = new AbortController()
  const pool = database.openAnother({ poolSize: 12 })
  const working = runWorker({ database: pool, handlers, log: silentLog, signal: stop.signal, slots: 4, pollMs: 200 })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await working
      await pool.close()
    },
  }
}

function labTenant(
  database: TestDatabase,
  simulator: Simulator,
  { ctx, simId }: { readonly ctx: TenantContext; readonly simId: string },
): LabTenant {
  const { control } = simulator
  const ended = (runId: RunId) => endOfRun(database, ctx, runId)
  const show = (restoreRunId: RestoreRunId) => showRestore(database.db, ctx, { restoreRunId })
  const previewed = async ({ restoreRunId, previewRunId }: PlannedRestore) => {
    await ended(previewRunId)
    return show(restoreRunId)
  }
  const confirm = (plan: RestoreView) =>
    confirmRestore(database.db, ctx, {
      restoreRunId: plan.id,
      planHash: plan.planHash ?? '',
      tenantName: ctx.tenantName,
    })
  const journal = () => journalOf(simulator, simId)
  return {
    ctx,
    simId,
    ended,
    show,
    confirm,
    journal,
    async backup(types) {
      const { runId } = await createBackup(database.db, ctx, types === undefined ? {} : { types })
      await ended(runId)
      return the(await backupSetOfRun(database.db, ctx, runId)).id
    },
    plan: async (input) => previewed(await planRestore(database.db, ctx, input)),
    planUndo: async (restoreRunId) => previewed(await undoRestore(database.db, ctx, { restoreRunId })),
    async apply(plan) {
      if (plan.approval.state === 'needed') await approveAs(database.db, await givenColleague(database.db, ctx), plan)
      const { runId } = await confirm(plan)
      return { run: await ended(runId), restore: await show(plan.id) }
    },
    truth: () => truthOf(simulator, simId),
    change: (...changes) => control.change(simId, changes),
    writes: async () => (await journal()).filter(isWrite),
  }
}

/** What leaves these policies without any assignment. */
export function withoutAssignments(policies: Iterable<LivePolicy>): Changes {
  return [...policies].map(({ collection, graphId: id }) => ({
    action: 'setAssignments',
    collection,
    id,
    assignments: [],
  }))
}

/** Some policies of a type, each with one plain group that is there. */
export async function givenPolicies(
  lab: Lab,
  tenant: LabTenant,
  { type = 'configurationPolicies', count = 1 }: { readonly type?: PolicyType; readonly count?: number } = {},
): Promise<LivePolicy[]> {
  const [group] = await lab.simulator.control.groups(tenant.simId)
  const assignments = [groupRow(the(group).id)]
  const policies = [...(await tenant.truth()).values()].filter((policy) => policy.type === type).slice(0, count)
  const action = 'setAssignments' as const
  await tenant.change(...policies.map(({ collection, graphId: id }) => ({ action, collection, id, assignments })))
  const truth = await tenant.truth()
  return policies.map(({ graphId }) => the(truth.get(`${type}/${graphId}`)))
}

export function isWrite({ kind, method, path = '' }: JournalEntry): boolean {
  const isAssignment = path.endsWith('/assign') || path.includes('/assignments')
  return kind === 'request' && method !== 'GET' && isAssignment
}

async function journalOf({ control }: Simulator, simId: string): Promise<readonly JournalEntry[]> {
  const all: JournalEntry[] = []
  for (let after = 0; ;) {
    const { entries, last } = await control.journal({ after, limit: 2_000, tenant: simId })
    all.push(...entries)
    if (last === after) return all
    after = last
  }
}

async function truthOf({ control }: Simulator, simId: string): Promise<ReadonlyMap<string, LivePolicy>> {
  const typeOfCollection = new Map(policyTypes.map((type) => [contractOf(type).collection, type]))
  const objects = await control.objects(simId)
  const policies = objects.flatMap(({ collection, id, name, assignments }): LivePolicy[] => {
    const type = typeOfCollection.get(collection)
    if (type === undefined || contractOf(type).assignmentsRead === 'none') return []
    const { set } = normalizeAssignments(contractOf(type), assignments)
    const hash = hashAssignments(set.assignments.filter(({ source }) => source === 'direct'))
    return [{ type, graphId: id, name, collection, assignments, hash }]
  })
  return new Map(policies.map((policy) => [`${policy.type}/${policy.graphId}`, policy]))
}

const patienceMs = 60_000

/** The run once it has ended; rejects with what is known of it when that takes too long. */
async function endOfRun({ db }: TestDatabase, ctx: TenantContext, runId: RunId): Promise<RunView> {
  for (const deadline = Date.now() + patienceMs; ;) {
    const run = await getRun(db, ctx, runId)
    if (run.status === 'completed') return run
    if (Date.now() > deadline)
      throw new Error(`run still ${run.status}: ${JSON.stringify(run.lastFailure ?? run.progress)}`)
    await pause(15)
  }
}

/** What a test takes to be there; the test fails when it is not. */
export function the<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new TypeError('there is none')
  return value
}
