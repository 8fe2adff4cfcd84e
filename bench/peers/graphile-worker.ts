/**
 * graphile-worker 0.18 under the same ledger row. As its documentation makes it fastest: 16 jobs at once served from a
 * local queue of 17, completions of one moment in one statement, prepared statements, its pool as large as the
 * product's. The run row and its job are created by one statement, so in one transaction and one round trip.
 */
import type { Ledger } from '../ledger/ledger-stage.ts'
import { slots, type Contender } from '../ledger/whole-life.ts'
import { loadPeer } from './install-peer.ts'
import { endPeerRun, insertRun, newPeerRun, type PeerRun } from './peer-ledger.ts'

/** What is used of it. */
interface GraphileWorker {
  readonly run: (options: {
    readonly preset: { readonly worker: object }
    readonly taskList: Readonly<Record<string, (payload: PeerRun) => Promise<void>>>
    readonly noHandleSignals: boolean
  }) => Promise<{ stop(): Promise<void> }>
  readonly runMigrations: (options: { readonly preset: { readonly worker: object } }) => Promise<void>
  readonly Logger: new (factory: () => () => void) => object
}

const startOne = {
  name: 'graphile_start',
  text: `with run as (${insertRun})
    select graphile_worker.add_job('end_run', json_build_object('workspaceId', workspace_id, 'runId', id)) from run`,
}

export async function graphileWorker(ledger: Ledger): Promise<Contender> {
  const { version, exports } = await loadPeer('graphile-worker')
  // The package is pinned; its types are not installed here.
  const { run, runMigrations, Logger } = exports as GraphileWorker
  const worker = {
    connectionString: ledger.url,
    maxPoolSize: 24,
    concurrentJobs: slots,
    localQueue: { size: slots + 1 },
    completeJobBatchDelay: 0,
    logger: new Logger(() => () => undefined),
  }
  await runMigrations({ preset: { worker } })
  return {
    name: `graphile-worker ${version}`,
    start: (n) => ledger.owner.pool.query({ ...startOne, values: [...newPeerRun(ledger, n).values] }),
    async work(onEnd) {
      const end = (payload: PeerRun) => endPeerRun(ledger, payload).then(onEnd)
      const runner = await run({ preset: { worker }, taskList: { end_run: end }, noHandleSignals: true })
      return { [Symbol.asyncDispose]: () => runner.stop() }
    },
    // The completion of its jobs, a moment after the run's end, is not counted against it.
    settled: () => Promise.resolve(),
  }
}
