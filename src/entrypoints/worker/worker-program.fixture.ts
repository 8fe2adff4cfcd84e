/** Test only: a worker as a process of its own, for tests that kill it. Settings come as JSON in the first argument. */
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '#foundation/db/database.ts'
import { createLog } from '#foundation/observability/log.ts'
import { handlersOf, untilAborted } from '#entrypoints/worker/worker-testing.ts'
import { runWorker } from '#entrypoints/worker/run-worker.ts'

export interface WorkerProgramSettings {
  readonly url: string
  /** Items of each run; the handler records them one after the other. */
  readonly items: number
  /** After so many items the handler waits until it is aborted. */
  readonly waitAfter?: number
  /** What each item takes; default nothing. */
  readonly pauseMs?: number
  readonly leaseMs: number
}

async function main({ url, items, waitAfter, pauseMs = 0, leaseMs }: WorkerProgramSettings): Promise<void> {
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  const log = createLog({ level: 'error', pretty: false })
  await using database = openDatabase({ url, role: 'worker', poolSize: 12, applicationName: 'worker process', log })
  const handlers = handlersOf(async (_ctx, run) => {
    const keys = Array.from({ length: items }, (_, n) => `item ${n}`)
    await run.items.plan(keys.map((key) => ({ key })))
    const finished = await run.items.finished()
    for (const [n, key] of keys.entries()) {
      if (finished.has(key)) continue
      if (n === waitAfter) await untilAborted(run.signal)
      run.signal.throwIfAborted()
      await pause(pauseMs)
      await run.items.record([{ key, outcome: 'succeeded' }])
    }
    return {}
  })
  await runWorker({ database, handlers, log, signal: stop.signal, leaseMs, pollMs: 200 })
}

await main(JSON.parse(process.argv[2] ?? '{}') as WorkerProgramSettings)
