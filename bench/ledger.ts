/**
 * What a run costs, over the product's own verbs and a durable database, beside three job queues under the same ledger
 * row: starting it, finding that it runs already, its whole life, and whether history, a backlog, a noisy tenant or
 * retention make anybody wait. Run: `npm run bench:ledger -- --json`; `-- --quick` tries the benchmark itself.
 */
import { reportVerdict } from '../tools/check.ts'
import { startDurablePostgres } from './durable-postgres.ts'
import { measureClaim } from './ledger/claim-behind-backlog.ts'
import { fairnessTenants, measureFairness } from './ledger/fairness.ts'
import { measureGrowth } from './ledger/growth.ts'
import { log, makeLedger } from './ledger/ledger-stage.ts'
import { measureMachine } from './ledger/machine.ts'
import { printFigures } from './ledger/print-figures.ts'
import { nightlyPruning } from './ledger/prune-history.ts'
import { measureRetention } from './ledger/retention.ts'
import { say } from './ledger/say.ts'
import { fullSizes, quickSizes, type Sizes } from './ledger/sizes.ts'
import { measureStartToHandler } from './ledger/start-to-handler.ts'
import { measureStarts } from './ledger/starts.ts'
import { checksOf, type Figures } from './ledger/verdict.ts'
import { measureWholeLife, product, type WholeLife } from './ledger/whole-life.ts'
import { bullmq } from './peers/bullmq.ts'
import { graphileWorker } from './peers/graphile-worker.ts'
import { pgBoss } from './peers/pg-boss.ts'

async function measureAll(serverUrl: string, sizes: Sizes): Promise<Figures> {
  const { smallHistory, largeHistory, oldRuns } = sizes
  await using small = await makeLedger(serverUrl, 'small', { history: smallHistory })
  const machine = await measureMachine(small, sizes)
  const starts = await step('starts', () => measureStarts(small, sizes))
  const startToHandler = await step('start to handler', () => measureStartToHandler(small, sizes))
  const wholeLife = await step('whole life', () => compareWholeLife(serverUrl, sizes))
  const claim = await step('claim behind a backlog', () => measureClaimApart(serverUrl, sizes))
  const fairness = await step('fairness', () => compareFairness(serverUrl, sizes))
  const large = await step('history', () => makeLedger(serverUrl, 'large', { history: largeHistory, old: oldRuns }))
  await using _large = large
  const growth = await step('growth', () => measureGrowth(small, large, sizes))
  const retention = await step('retention', () => measureRetention(large, nightlyPruning(large), sizes))
  return { machine, starts, startToHandler, wholeLife, claim, fairness, growth, retention }
}

async function compareWholeLife(serverUrl: string, sizes: Sizes): Promise<readonly WholeLife[]> {
  const size = { history: sizes.smallHistory }
  await using ours = await makeLedger(serverUrl, 'life', size)
  await using forBoss = await makeLedger(serverUrl, 'life_pg_boss', size)
  await using boss = await pgBoss(forBoss)
  await using forGraphile = await makeLedger(serverUrl, 'life_graphile', size)
  const graphile = await graphileWorker(forGraphile)
  await using forBull = await makeLedger(serverUrl, 'life_bullmq', size)
  await using bull = await bullmq(forBull)
  if (bull === undefined) console.log('BullMQ: skipped: no redis-server')
  const contenders = [product(ours), boss, graphile, ...(bull === undefined ? [] : [bull])]
  return await measureWholeLife(contenders, sizes)
}

async function measureClaimApart(serverUrl: string, sizes: Sizes) {
  await using ledger = await makeLedger(serverUrl, 'backlog', { history: sizes.smallHistory })
  return await measureClaim(ledger, sizes)
}

async function compareFairness(serverUrl: string, sizes: Sizes) {
  const { others, throttled, noisy } = fairnessTenants
  const size = { history: sizes.smallHistory, tenants: others + throttled + noisy }
  await using quietLedger = await makeLedger(serverUrl, 'quiet', size)
  await using noisyLedger = await makeLedger(serverUrl, 'noisy', size)
  return await measureFairness(quietLedger, noisyLedger, sizes)
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const beganAt = performance.now()
  say(`${name} …`)
  const result = await work()
  say(`${name}: ${Math.round((performance.now() - beganAt) / 1000)} s`)
  return result
}

const isQuick = process.argv.includes('--quick')
const sizes = isQuick ? quickSizes : fullSizes
await using server = await startDurablePostgres(log)
const figures = await measureAll(server.url, sizes)
printFigures(figures, sizes)
const isJson = process.argv.includes('--json')
if (isQuick) {
  console.log('\nQuick: a try of the benchmark itself. No goal was checked.')
  if (isJson) console.log(JSON.stringify({ quick: true, ...figures }))
} else reportVerdict(checksOf(figures, sizes), { json: isJson, also: figures })
