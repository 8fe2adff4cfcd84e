/**
 * pg-boss 12 under the same ledger row. As its documentation makes it fastest: woken by NOTIFY, fetching without a
 * pause as long as batches come full, 16 jobs at once in two batches of 8, its pool as large as the product's. Sent with
 * its `db` option, in the transaction that creates the run row.
 */
import type pg from 'pg'
import type { Ledger } from '../ledger/ledger-stage.ts'
import { slots, type Contender } from '../ledger/whole-life.ts'
import { loadPeer } from './install-peer.ts'
import { endPeerRun, insertRun, newPeerRun, type PeerRun } from './peer-ledger.ts'

/** What is used of it. */
interface PgBossModule {
  readonly PgBoss: new (options: object) => PgBoss
}

interface PgBoss {
  on(event: 'error', listen: (error: Error) => void): void
  start(): Promise<unknown>
  stop(options: object): Promise<void>
  createQueue(name: string, options: object): Promise<void>
  send(name: string, data: PeerRun, options: { readonly db: Sql }): Promise<string | null>
  work(name: string, options: object, handler: (jobs: readonly { data: PeerRun }[]) => Promise<void>): Promise<string>
  offWork(name: string, options: object): Promise<void>
}

interface Sql {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

const queue = 'end_run'
const batches = 2
const working = {
  batchSize: slots / batches,
  localConcurrency: batches,
  burstWhenBatchFull: true,
  burstWhenReadyExceeds: 1,
  pollingIntervalSeconds: 0.5,
  notifyPollingIntervalSeconds: 0.5,
}

export async function pgBoss(ledger: Ledger): Promise<Contender & AsyncDisposable> {
  const { version, exports } = await loadPeer('pg-boss')
  // The package is pinned; its types are not installed here.
  const { PgBoss } = exports as PgBossModule
  const boss = new PgBoss({
    connectionString: ledger.url,
    max: 24,
    useListenNotify: true,
    schedule: false,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    queueCacheIntervalSeconds: 1,
  })
  boss.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`))
  await boss.start()
  await boss.createQueue(queue, { notify: true, retryLimit: 0 })
  return {
    name: `pg-boss ${version}`,
    start: (n) => startOne(ledger, boss, n),
    async work(onEnd) {
      await boss.work(queue, working, async (jobs) => {
        await Promise.all(jobs.map(({ data }) => endPeerRun(ledger, data).then(onEnd)))
      })
      return { [Symbol.asyncDispose]: () => boss.offWork(queue, { wait: true }) }
    },
    // The completion of its jobs, a moment after the run's end, is not counted against it.
    settled: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => boss.stop({ graceful: false }),
  }
}

async function startOne(ledger: Ledger, boss: PgBoss, n: number): Promise<void> {
  const client = await ledger.owner.pool.connect()
  try {
    await client.query('begin')
    const { workspaceId, runId, values } = newPeerRun(ledger, n)
    const { rowCount } = await client.query({ name: 'insert_run', text: insertRun, values: [...values] })
    if (rowCount === 1) await boss.send(queue, { workspaceId, runId }, { db: sqlOf(client) })
    await client.query('commit')
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}

function sqlOf(client: pg.PoolClient): Sql {
  return { executeSql: (text, values) => client.query(text, values) }
}
