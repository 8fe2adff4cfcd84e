/**
 * The one place that tracks: wraps every handler, gives it its handle, and writes how the attempt ended. Handlers never
 * write outcome or counts of a run; a claim that does not hold changes nothing, whatever its handler did.
 */
import type { Claim } from '#domain/operations/claim.ts'
import { decideEnding, type HandlerEnd } from '#domain/operations/decide-ending.ts'
import { endRun, type RunEnd } from '#domain/operations/end-run.ts'
import { assertFence, assertLease, createItemLedger, hasOpenItems } from '#domain/operations/item-ledger.ts'
import type { RunAbort, RunHandle, RunResult } from '#domain/operations/operation.ts'
import { keepProgress } from '#domain/operations/progress.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import { reportResultDropped, reportRunEnded, reportRunPutBack } from '#foundation/observability/events.ts'
import type { Log } from '#foundation/observability/log.ts'

export interface TrackDeps {
  readonly db: Database
  readonly log: Log
  /** Aborted with a `RunAbort` when this run shall stop. */
  readonly signal: AbortSignal
  /** Aborted when the lease of the process cannot hold any longer. */
  readonly leaseSignal: AbortSignal
}

/** What a claimed run does; the handler of its type, with its input parsed and its context made. */
export type Work = (handle: RunHandle<unknown>) => Promise<RunResult>

/** Runs one claimed attempt to its end and writes it. Never throws what the work throws: that is an end like any other. */
export async function trackRun(deps: TrackDeps, claim: Claim, work: Work): Promise<RunEnd> {
  const log = deps.log.child({
    workspaceId: claim.ctx.workspaceId,
    tenantId: 'tenantId' in claim.ctx ? claim.ctx.tenantId : undefined,
    runId: claim.runId,
    attempt: claim.attempt,
  })
  const beganAt = performance.now()
  failpoint('run.claimed')
  log.debug({ type: claim.type }, 'run started')
  const end = await runWork({ ...deps, log }, claim, work)
  const abort = abortOf(deps.signal)
  const ending = decideEnding({ type: claim.type, tries: claim, abort, end, jitter: Math.random() })
  if (end.did === 'throw' && abort === undefined) logThrown(log, end.error)
  const written = await endRun(deps.db, claim, ending, deps.leaseSignal)
  report(log, written, { type: claim.type, ending: ending.kind, tookMs: Math.round(performance.now() - beganAt) })
  return written
}

function report(log: Log, end: RunEnd, attempt: { type: string; ending: string; tookMs: number }): void {
  const { type, ending, tookMs } = attempt
  switch (end.state) {
    case 'ended':
      return reportRunEnded(log, { type, outcome: end.outcome, tookMs })
    case 'released':
      return reportRunPutBack(log, { type, kind: end.kind })
    case 'stale':
      return reportResultDropped(log, { type, ending })
  }
}

async function runWork(deps: TrackDeps, claim: Claim, work: Work): Promise<HandlerEnd> {
  const { db, log, signal } = deps
  using progress = keepProgress(db, claim)
  const handle: RunHandle<unknown> = {
    runId: claim.runId,
    input: claim.input,
    attempt: claim.attempt,
    items: createItemLedger({ db, log }, claim),
    signal,
    progress: (now) => progress.report(now),
    assertLease: (remainingMs) => assertLease(db, claim, remainingMs),
    assertFence: (tx) => assertFence(tx, claim),
  }
  try {
    const result = await work(handle)
    return { did: 'return', result, leftItems: signal.aborted && (await hasOpenItems(db, claim)) }
  } catch (error) {
    return { did: 'throw', error }
  }
}

function abortOf(signal: AbortSignal): RunAbort | undefined {
  // Only the worker aborts this signal, always with a RunAbort.
  return signal.aborted ? (signal.reason as RunAbort) : undefined
}

function logThrown(log: Log, error: unknown): void {
  if (error instanceof Failure) log.warn({ err: error }, 'run refused')
  else log.error({ err: error }, 'run failed unexpectedly')
}
