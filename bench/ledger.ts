/**
 * What a run costs: starting it, finding that it runs already, getting it to its handler, ending it, and whether any of
 * that grows with the history. Over the product's own verbs and a durable database. Run: `npm run bench:ledger -- --json`.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { operationTypes } from '#domain/operations/catalog.ts'
import { claimRuns } from '#domain/operations/claim-runs.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { Handlers } from '#domain/operations/handlers.ts'
import { takeLease } from '#domain/operations/lease.ts'
import { runWorker } from '#entrypoints/worker/run-worker.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId, type BackupSetId, type WorkerId } from '#foundation/kernel/ids.ts'
import { reportVerdict, type Check } from '../tools/check.ts'
import { startDurablePostgres } from './durable-postgres.ts'
import { log, makeLedger, type Ledger } from './ledger/ledger-stage.ts'
import { callsPerSecond, quantile, takeTurns } from './ledger/measure.ts'

const callers = 16
const seconds = 5
const smallHistory = 10_000
const largeHistory = 1_000_000

/** Something nobody started before. */
function startNew({ database, tenants }: Ledger, n: number) {
  const ctx = tenantOf(tenants, n)
  const input = { backupSetId: newId<BackupSetId>() }
  return startRun(database.db, ctx, { type: 'backup.verify', input, trigger: 'user' })
}

/** Something that is queued already. */
function startAgain({ database, tenants }: Ledger) {
  return startRun(database.db, tenantOf(tenants, 0), { type: 'inventory.sync', input: {}, trigger: 'user' })
}

function tenantOf(tenants: readonly TenantContext[], n: number): TenantContext {
  const tenant = tenants[n % tenants.length]
  if (tenant === undefined) throw new RangeError('a ledger without tenants')
  return tenant
}

const load = { callers, warmUpMs: 1_000, seconds }

/** What the machine gives at this moment to anybody: the figures below are to be read beside these. */
async function measureMachine({ database: { pool } }: Ledger) {
  await pool.query('create table bench_rows (id uuid primary key, n integer not null)')
  const insert = (n: number) =>
    pool.query({ name: 'insert', text: 'insert into bench_rows values ($1, $2)', values: [newId(), n] })
  const select = () => pool.query({ name: 'select', text: 'select 1' })
  return { insertsPerSecond: await callsPerSecond(load, insert), selectsPerSecond: await callsPerSecond(load, select) }
}

async function measureStarts(ledger: Ledger) {
  const miss = await callsPerSecond(load, (n) => startNew(ledger, n))
  const hit = await callsPerSecond(load, () => startAgain(ledger))
  await emptyQueue(ledger)
  return { hit, miss }
}

/** From the call that starts a run to the first line of its handler, the worker being idle before. */
async function measureStartToHandler(ledger: Ledger) {
  const times: number[] = []
  let begun = Promise.withResolvers<number>()
  const handlers = handlersOf(() => begun.resolve(performance.now()))
  await using _worker = workOn(ledger, handlers, 8)
  for (let n = 0; n < 550; n += 1) {
    begun = Promise.withResolvers()
    const beganAt = performance.now()
    await startNew(ledger, n)
    times.push((await begun.promise) - beganAt)
    // Longer than notifications are held together, so that each finds an idle worker.
    await pause(30 + (n % 10))
  }
  const counted = times.slice(50)
  return { p50: quantile(counted, 0.5), p99: quantile(counted, 0.99) }
}

/** Runs a second from created to terminal: 16 callers start them while a worker with 16 slots does nothing in each. */
async function measureFullCycle(ledger: Ledger) {
  const runs = 8_000
  let [begun, started] = [0, 0]
  const { promise: allBegun, resolve } = Promise.withResolvers<void>()
  const handlers = handlersOf(() => {
    begun += 1
    if (begun === runs) resolve()
  })
  await using _worker = workOn(ledger, handlers, 16)
  const beganAt = performance.now()
  const startSome = async () => {
    while (started < runs) await startNew(ledger, (started += 1))
  }
  await Promise.all([allBegun, ...Array.from({ length: callers }, startSome)])
  await untilEmpty(ledger)
  return { perSecond: runs / ((performance.now() - beganAt) / 1000) }
}

/**
 * Median milliseconds of one caller, by finished runs kept. The two ledgers take turns call by call, so that whatever
 * else the machine does meanwhile hits both alike.
 */
async function measureGrowth(small: Ledger, large: Ledger) {
  const owners = new Map<Ledger, WorkerId>()
  for (const ledger of [small, large]) {
    owners.set(ledger, await takeLease(ledger.database.db, 3_600_000))
    await startAgain(ledger)
  }
  const turns = { n: 1_500, warmUp: 100 }
  const hit = await takeTurns(turns, [small, large], startAgain)
  const miss = await takeTurns(turns, [small, large], startNew)
  const claimAndEnd = await takeTurns(turns, [small, large], (ledger) => claimAndEndOne(ledger, owners.get(ledger)))
  const costs = { hit, miss, claimAndEnd }
  return mapValues(costs, ([atSmall = Number.NaN, atLarge = Number.NaN]) => ({
    [smallHistory]: atSmall,
    [largeHistory]: atLarge,
    ratio: atLarge / atSmall,
  }))
}

function mapValues<K extends string, V, R>(record: Record<K, V>, change: (value: V) => R): Record<K, R> {
  const entries = Object.entries<V>(record).map(([key, value]) => [key, change(value)] as const)
  // The keys are those of the record.
  return Object.fromEntries(entries) as Record<K, R>
}

async function claimAndEndOne({ database }: Ledger, owner: WorkerId | undefined): Promise<void> {
  if (owner === undefined) throw new TypeError('a ledger without a worker')
  const order = { owner, types: operationTypes, free: 1, freeForScheduled: 1, after: null }
  const {
    claims: [claim],
  } = await claimRuns(database.db, order)
  if (claim === undefined) throw new Error('nothing to claim')
  await endRun(database.db, claim, { kind: 'finish', verdict: 'returned', result: {} }, new AbortController().signal)
}

function handlersOf(begin: () => void): Handlers {
  const handler = async () => {
    begin()
    return {}
  }
  const entries: readonly (readonly [string, unknown])[] = operationTypes.map((type) => [type, handler])
  // One entry per operation of the catalogue.
  return Object.fromEntries(entries) as Handlers
}

function workOn({ database }: Ledger, handlers: Handlers, slots: number): AsyncDisposable {
  const stop = new AbortController()
  const working = runWorker({ database, handlers, log, signal: stop.signal, slots })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await working
    },
  }
}

async function emptyQueue({ database }: Ledger): Promise<void> {
  await database.pool.query('truncate live_runs')
  await database.pool
    .query(`update operation_runs set outcome = 'cancelled', completed_at = clock_timestamp(), holds = false
    where outcome = 'pending'`)
}

async function untilEmpty({ database }: Ledger): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query<{ left: boolean }>('select exists (select from live_runs) as left')
    if (rows[0]?.left === false) return
    await pause(5)
  }
}

function checksOf(measured: Awaited<ReturnType<typeof measureAll>>): Check[] {
  const { starts, startToHandler, growth } = measured
  const grown = Object.entries(growth).map(([name, { ratio }]) =>
    atMost(`${name}: cost at ${largeHistory} finished runs over that at ${smallHistory}`, ratio, 1.3),
  )
  return [
    atLeast(`starts a second that find the run active, ${callers} callers`, starts.hit, 8_000),
    atLeast(`starts a second that create a run, ${callers} callers`, starts.miss, 3_000),
    atMost('ms from start to handler, idle worker, p50', startToHandler.p50, 5),
    ...grown,
  ]
}

function atMost(name: string, value: number, goal: number): Check {
  return { name, ok: value <= goal, value: rounded(value), goal: `<= ${goal}` }
}

function atLeast(name: string, value: number, goal: number): Check {
  return { name, ok: value >= goal, value: rounded(value), goal: `>= ${goal}` }
}

function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100
}

async function measureAll() {
  await using server = await startDurablePostgres(log)
  await using small = await makeLedger(server.url, 'small', smallHistory)
  const machine = await measureMachine(small)
  const starts = await measureStarts(small)
  const startToHandler = await measureStartToHandler(small)
  const fullCycle = await measureFullCycle(small)
  await using large = await makeLedger(server.url, 'large', largeHistory)
  const growth = await measureGrowth(small, large)
  return { machine, starts, startToHandler, fullCycle, growth }
}

const measured = await measureAll()
const { machine, startToHandler, fullCycle, growth } = measured
console.log(
  `This machine now, ${callers} callers: ${rounded(machine.insertsPerSecond)} one-row inserts a second, durable;`,
)
console.log(`${rounded(machine.selectsPerSecond)} times "select 1" a second.`)
console.log(
  `Start to handler, idle worker: p50 ${rounded(startToHandler.p50)} ms, p99 ${rounded(startToHandler.p99)} ms.`,
)
console.log(`Whole life, created to terminal: ${rounded(fullCycle.perSecond)} runs a second.`)
console.log('\nMedian milliseconds of one caller, by finished runs kept')
console.table(growth)
reportVerdict(checksOf(measured), { json: process.argv.includes('--json'), also: measured })
