import { isDeepStrictEqual } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { getRun } from '#domain/operations/get-run.ts'
import { listen } from '#domain/operations/listen.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { channels, readChange } from '#domain/operations/wake.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { Log } from '#foundation/observability/log.ts'

export interface WatchOptions {
  readonly signal: AbortSignal
  readonly log: Log
  /** How often to look without having been told; default 1 s. */
  readonly pollMs?: number
}

/**
 * The run as it is now, then every change that is seen, until it has ended or `signal` is aborted. Holds one connection.
 * @throws Failure `not_found`
 */
export async function* watchRun(
  database: OpenDatabase,
  ctx: WorkspaceContext,
  runId: RunId,
  { signal, log, pollMs = 1_000 }: WatchOptions,
): AsyncGenerator<RunView, void> {
  let news = Promise.withResolvers<void>()
  await using _ears = listen({
    pool: database.pool,
    channels: [channels.changed],
    onNews: (one) => {
      const changed = one === null ? undefined : readChange(one.payload)
      if (changed === undefined || changed.runId === runId) news.resolve()
    },
    log,
  })
  for (let seen: RunView | undefined; !signal.aborted;) {
    // Renewed before reading, so that news that comes while we read is not lost.
    news = Promise.withResolvers<void>()
    const run = await getRun(database.db, ctx, runId)
    if (!isDeepStrictEqual(run, seen)) yield run
    if (run.status === 'completed') return
    seen = run
    await firstOf(news.promise, pollMs, signal)
  }
}

/** The run once it has ended. @throws Failure `not_found`; the reason of `signal` when that is aborted before */
export async function waitForRun(
  database: OpenDatabase,
  ctx: WorkspaceContext,
  runId: RunId,
  options: WatchOptions,
): Promise<RunView> {
  for await (const run of watchRun(database, ctx, runId, options)) {
    if (run.status === 'completed') return run
  }
  throw options.signal.reason
}

async function firstOf(news: Promise<void>, pollMs: number, signal: AbortSignal): Promise<void> {
  const timer = new AbortController()
  const either = AbortSignal.any([timer.signal, signal])
  await Promise.race([news, pause(pollMs, undefined, { signal: either }).catch(() => undefined)])
  timer.abort()
}
