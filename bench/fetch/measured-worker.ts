/**
 * A worker process of its own, so that its memory is only that of the work: composes what `tenantatlas work` composes,
 * with one difference: it remembers the Graph clients it made, to say how long they waited. Told `end`, it answers with
 * what it measured and leaves.
 */
import { composeGraph, composeHandlers } from '../../src/compose-handlers.ts'
import { runWorker } from '#entrypoints/worker/run-worker.ts'
import { readConfig } from '#foundation/config/config.ts'
import { createOpener } from '#foundation/crypto/open.ts'
import { createSigner } from '#foundation/crypto/sign.ts'
import { openDatabase } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createLog } from '#foundation/observability/log.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'

/** How long the clients made so far have waited: for our own pacing, and because Graph asked for it. */
export interface Waits {
  readonly pacingWaitMs: number
  readonly throttleWaitMs: number
}

/** What the worker says when it has ended. */
export interface WorkerReport extends Waits {
  readonly idleRssBytes: number
  readonly peakRssBytes: number
}

const [databaseUrl = '', keyDirectory = ''] = process.argv.slice(2)
const log = createLog({ level: 'warn', pretty: false })
const opener = createOpener({ directory: keyDirectory })
const signer = createSigner({
  keyFile: `${keyDirectory}/audit.key`,
  publicKeyFile: `${keyDirectory}/audit.pub`,
})
await using database = openDatabase({
  url: databaseUrl,
  role: 'worker',
  poolSize: 8,
  applicationName: 'bench worker',
  log,
})
const { db } = database

const clients: GraphClient[] = []
const openClient = composeGraph({ config: readConfig({}), db, opener, log })
const graphFor = async (ctx: TenantContext): Promise<GraphClient> => {
  const client = await openClient(ctx)
  clients.push(client)
  return client
}
const handlers = composeHandlers({ db, graphFor, signer, log })

const stop = new AbortController()
const work = runWorker({ database, handlers, log, signal: stop.signal, slots: 4 })
const idleRssBytes = process.memoryUsage.rss()
process.send?.('ready')
// Anything but `end` asks how long the clients have waited so far.
process.on('message', (message) => {
  if (message === 'end') stop.abort()
  else process.send?.(waits())
})
process.once('disconnect', () => stop.abort())
await work

process.send?.({
  ...waits(),
  idleRssBytes,
  // In kilobytes on every platform.
  peakRssBytes: process.resourceUsage().maxRSS * 1024,
} satisfies WorkerReport)
// The channel would keep the process alive.
process.disconnect?.()

function waits(): Waits {
  const stats = clients.map((client) => client.stats())
  return {
    pacingWaitMs: stats.reduce((total, { pacingWaitMs }) => total + pacingWaitMs, 0),
    throttleWaitMs: stats.reduce((total, { throttleWaitMs }) => total + throttleWaitMs, 0),
  }
}
