/**
 * What it costs to know who everything is assigned to: requests and seconds, beside the two ways the common tools do
 * it, over the same simulated cloud with Graph's documented limits. Run: `npm run bench:fetch -- --json`.
 */
import { createBackup } from '#domain/backups/create-backup.ts'
import { backupSetOfRun } from '#domain/backups/show-backup.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { waitForRun } from '#domain/operations/watch-run.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { contracts } from '#graph/contracts/registry.ts'
import { createLog } from '#foundation/observability/log.ts'
import type { TenantView } from '../simulator/control.ts'
import { reportVerdict } from '../tools/check.ts'
import type { Check } from '../tools/check.ts'
import { setBenchStage } from './fetch/bench-stage.ts'
import type { BenchStage } from './fetch/bench-stage.ts'
import { batchOfTwenty } from './fetch/batch-of-twenty.ts'
import { countRequests, journalEnd } from './fetch/count-requests.ts'
import type { Sent } from './fetch/count-requests.ts'
import type { WorkerReport } from './fetch/measured-worker.ts'
import { oneGetPerPolicy } from './fetch/one-get-per-policy.ts'
import { openPeerSession } from './fetch/peer-session.ts'
import type { PeerSession } from './fetch/peer-session.ts'

const settingsCatalog = '/deviceManagement/configurationPolicies'

interface Measured extends Sent {
  readonly seconds: number
  /** Of these, waiting: our own pacing, or because Graph asked for it. */
  readonly waitedSeconds: number
}

/** Exactly so many settings catalog policies and nothing else that counts. */
async function addSettingsCatalogTenant(stage: BenchStage, policies: number) {
  const tenant = await stage.addTenant('Settings catalog', policies * 3)
  const all = await stage.control.objectsOf(tenant.view.id, settingsCatalog)
  if (all.length < policies) throw new Error(`the generated tenant has only ${all.length} settings catalog policies`)
  const extra = all
    .slice(policies)
    .map(({ id }) => ({ action: 'deleteObject' as const, collection: settingsCatalog, id }))
  if (extra.length > 0) await stage.control.change(tenant.view.id, extra)
  return tenant
}

async function measure(
  stage: BenchStage,
  { tenant, clientId }: { readonly tenant: string; readonly clientId: string },
  work: () => Promise<number>,
): Promise<Measured> {
  const after = await journalEnd(stage.control)
  const beganAt = performance.now()
  const waitedMs = await work()
  const seconds = (performance.now() - beganAt) / 1000
  return {
    ...(await countRequests(stage.control, { tenant, clientId, after })),
    seconds,
    waitedSeconds: waitedMs / 1000,
  }
}

/** An app registration of its own, so that nobody inherits what another spent of the limits. */
async function measurePeer(
  stage: BenchStage,
  view: TenantView,
  peer: {
    readonly name: string
    readonly read: (session: PeerSession, collections: readonly string[]) => Promise<number>
  },
  collections: readonly string[],
): Promise<Measured> {
  const permissions = view.apps.find(({ name }) => name === 'reader')?.permissions ?? []
  const { clientId, secret } = await stage.control.registerApp(view.id, {
    name: peer.name,
    permissions: [...permissions],
  })
  const target = { graphUrl: stage.cloudUrl, tenantId: view.id, clientId, secret: secret ?? '' }
  return measure(stage, { tenant: view.id, clientId }, async () => {
    const session = await openPeerSession(target)
    await peer.read(session, collections)
    return session.waitedMs()
  })
}

const assignable = contracts
  .filter((contract) => contract.assignmentsRead === 'subCollection')
  .map(({ collection }) => collection)

/** A short way to Graph, so that seconds speak of requests too: a fifth of what a near region usually takes. */
const latencyMs = 20

const peers = [
  { name: 'one GET per policy', read: oneGetPerPolicy },
  { name: '$batch of 20', read: batchOfTwenty },
] as const

/** Starts an operation, waits for its end and refuses anything but full success. */
async function runToEnd({ database }: BenchStage, ctx: TenantContext, start: Promise<EnsuredRun>): Promise<RunView> {
  const { runId } = await start
  const log = createLog({ level: 'warn', pretty: false })
  const run = await waitForRun(database, ctx, runId, { signal: AbortSignal.timeout(900_000), log })
  if (run.outcome === 'succeeded') return run
  throw new Error(`${run.label} ${run.outcome}: ${run.failures.map(({ message }) => message).join(' ')}`)
}

interface Compared {
  readonly ours: Measured
  readonly theirs: readonly (Measured & { readonly name: string })[]
}

/** The assignments of 500 settings catalog policies, with the names of what they refer to. */
async function compareSettingsCatalog(stage: BenchStage): Promise<Compared> {
  const { view, ctx } = await addSettingsCatalogTenant(stage, 500)
  await stage.control.changeSettings({ latencyMs })
  const worker = await stage.startWorker()
  const fetchAll = async () => {
    const what: InputOf<'assignments.fetch'>['what'] = { kind: 'types', types: ['configurationPolicies'] }
    const start = startRun(stage.database.db, ctx, { type: 'assignments.fetch', input: { what }, trigger: 'user' })
    await runToEnd(stage, ctx, start)
    return worker.waitedMs()
  }
  const ours = await measure(stage, { tenant: view.id, clientId: readerOf(view) }, fetchAll)
  await worker.end()
  const theirs = await measurePeers(stage, view, [settingsCatalog])
  await stage.control.changeSettings({ latencyMs: 0 })
  return { ours, theirs }
}

interface Mixed extends Compared {
  readonly backup: Measured
  readonly worker: WorkerReport
}

/** Inventory and backup with whole payloads of 10,000 policies of all types. */
async function compareMixedTenant(stage: BenchStage): Promise<Mixed> {
  const { view, ctx } = await stage.addTenant('Mixed', 10_000)
  const { db } = stage.database
  const worker = await stage.startWorker()
  const from = { tenant: view.id, clientId: readerOf(view) }
  const ours = await measure(stage, from, async () => {
    await runToEnd(stage, ctx, startRun(db, ctx, { type: 'inventory.sync', input: {}, trigger: 'user' }))
    return worker.waitedMs()
  })
  const waitedBefore = await worker.waitedMs()
  const backup = await measure(stage, from, async () => {
    const run = await runToEnd(stage, ctx, createBackup(db, ctx))
    const set = await backupSetOfRun(db, ctx, run.id)
    if (set?.state !== 'complete') throw new Error(`the backup is ${set?.state ?? 'not there'}`)
    return (await worker.waitedMs()) - waitedBefore
  })
  const report = await worker.end()
  return { ours, backup, worker: report, theirs: await measurePeers(stage, view, assignable) }
}

async function measurePeers(
  stage: BenchStage,
  view: TenantView,
  collections: readonly string[],
): Promise<Compared['theirs']> {
  const measured = []
  for (const peer of peers) measured.push({ name: peer.name, ...(await measurePeer(stage, view, peer, collections)) })
  return measured
}

function readerOf(view: TenantView): string {
  const reader = view.apps.find(({ name }) => name === 'reader')
  if (reader === undefined) throw new TypeError('a simulated tenant has a reader')
  return reader.clientId
}

function checksOf(catalog: Compared, mixed: Mixed): Check[] {
  const assignmentRequests = catalog.ours.requests - catalog.ours.forNames
  const seconds = mixed.ours.seconds + mixed.backup.seconds
  const extraMegabytes = (mixed.worker.peakRssBytes - mixed.worker.idleRssBytes) / 1024 ** 2
  return [
    atMost('requests for the assignments of 500 settings catalog policies', assignmentRequests, 3),
    atMost('the same with the names of groups, filters and scope tags', catalog.ours.requests, 10),
    ...catalog.theirs.map((peer) =>
      atLeast(`times fewer requests than ${peer.name}`, peer.requests / catalog.ours.requests, 1),
    ),
    atMost('seconds for inventory and backup of 10,000 policies', seconds, 90),
    atMost('megabytes above the idle process meanwhile', extraMegabytes, 300),
  ]
}

function atMost(name: string, value: number, goal: number): Check {
  return { name, ok: value <= goal, value: rounded(value), goal: `<= ${goal}` }
}

function atLeast(name: string, value: number, goal: number): Check {
  return { name, ok: value >= goal, value: rounded(value), goal: `>= ${goal}` }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}

function printMeasured(title: string, rows: readonly (Measured & { readonly name: string })[]): void {
  console.log(`\n${title}`)
  console.table(
    Object.fromEntries(
      rows.map(({ name, requests, counted, throttled, seconds, waitedSeconds }) => [
        name,
        { requests, counted, throttled, seconds: rounded(seconds), 'of these waited': rounded(waitedSeconds) },
      ]),
    ),
  )
}

await using stage = await setBenchStage()
const catalog = await compareSettingsCatalog(stage)
printMeasured(`Assignments of 500 settings catalog policies, ${latencyMs} ms away`, [
  { name: 'TenantAtlas', ...catalog.ours },
  ...catalog.theirs,
])
const mixed = await compareMixedTenant(stage)
printMeasured('10,000 policies of all types', [
  { name: 'TenantAtlas: inventory', ...mixed.ours },
  { name: 'TenantAtlas: backup, whole payloads', ...mixed.backup },
  ...mixed.theirs.map((peer) => ({ ...peer, name: `${peer.name}: assignments only` })),
])
reportVerdict(checksOf(catalog, mixed), {
  json: process.argv.includes('--json'),
  also: { settingsCatalog: catalog, mixed },
})
