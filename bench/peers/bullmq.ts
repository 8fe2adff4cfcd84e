/**
 * BullMQ 6 on a local Redis with an append-only file, under the same ledger row in PostgreSQL. Not a goal, and not like
 * for like: the run row and the job cannot be created in one transaction, and a crash of the machine may lose a second of
 * jobs. 16 jobs at once, finished ones removed.
 */
import type { Ledger } from '../ledger/ledger-stage.ts'
import { slots, type Contender } from '../ledger/whole-life.ts'
import { loadPeer } from './install-peer.ts'
import { startLocalRedis } from './local-redis.ts'
import { endPeerRun, insertRun, newPeerRun, type PeerRun } from './peer-ledger.ts'

/** What is used of it. */
interface BullMq {
  readonly Queue: new (name: string, options: object) => { add: AddJob; close(): Promise<void> }
  readonly Worker: new (name: string, handle: (job: { data: PeerRun }) => Promise<void>, options: object) => BullWorker
}

type AddJob = (name: string, data: PeerRun, options: object) => Promise<unknown>

interface BullWorker {
  waitUntilReady(): Promise<unknown>
  close(): Promise<void>
}

const queueName = 'end_run'

/** Undefined where no `redis-server` is installed. */
export async function bullmq(ledger: Ledger): Promise<(Contender & AsyncDisposable) | undefined> {
  await using stack = new AsyncDisposableStack()
  const redis = await startLocalRedis()
  if (redis === undefined) return undefined
  stack.use(redis)
  const { version, exports } = await loadPeer('bullmq')
  // The package is pinned; its types are not installed here.
  const { Queue, Worker } = exports as BullMq
  const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null }
  const queue = new Queue(queueName, { connection })
  stack.defer(() => queue.close())
  const owned = stack.move()
  return {
    name: `BullMQ ${version}`,
    async start(n) {
      const { workspaceId, runId, values } = newPeerRun(ledger, n)
      const insert = { name: 'insert_run', text: insertRun, values: [...values] }
      const { rowCount } = await ledger.owner.pool.query(insert)
      if (rowCount === 1) await queue.add('end', { workspaceId, runId }, { removeOnComplete: true })
    },
    async work(onEnd) {
      const end = ({ data }: { data: PeerRun }) => endPeerRun(ledger, data).then(onEnd)
      const worker = new Worker(queueName, end, { connection, concurrency: slots })
      await worker.waitUntilReady()
      return { [Symbol.asyncDispose]: () => worker.close() }
    },
    // The completion of its jobs, a moment after the run's end, is not counted against it.
    settled: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
