import type { Handlers } from '#domain/operations/handlers.ts'
import type { OperationType } from '#domain/operations/catalog.ts'
import { operationTypes } from '#domain/operations/catalog.ts'
import type { RunHandle, RunResult } from '#domain/operations/operation.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createLog } from '#foundation/observability/log.ts'
import { runWorker, type WorkerOptions } from '#entrypoints/worker/run-worker.ts'

/** Test only: what every operation does. */
export type TestHandler = (ctx: TenantContext, run: RunHandle<unknown>, type: OperationType) => Promise<RunResult>

/** Test only: one handler for all operations. */
export function handlersOf(handler: TestHandler): Handlers {
  const entries = operationTypes.map((type) => [
    type,
    (ctx: TenantContext, run: RunHandle<unknown>) => handler(ctx, run, type),
  ])
  // One entry per operation of the catalogue.
  return Object.fromEntries(entries) as Handlers
}

/** Test only: a worker in this process, with short times; disposing stops it and waits until it has drained. */
export function givenWorker(
  database: OpenDatabase,
  handler: TestHandler,
  options: Partial<WorkerOptions> = {},
): { readonly stop: () => Promise<void> } & AsyncDisposable {
  const stopping = new AbortController()
  const log = createLog({ level: 'silent', pretty: false })
  const times = { leaseMs: 3_000, heartbeatMs: 300, pollMs: 100, drainMs: 2_000 }
  const worker = { database, handlers: handlersOf(handler), log, signal: stopping.signal }
  const working = runWorker({ ...worker, ...times, ...options })
  const stop = async () => {
    stopping.abort()
    await working
  }
  return { stop, [Symbol.asyncDispose]: stop }
}

/** Test only: resolves when the signal is aborted, and throws its reason as a handler does between two items. */
export async function untilAborted(signal: AbortSignal): Promise<never> {
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve())
  if (!signal.aborted) await promise
  throw signal.reason
}
