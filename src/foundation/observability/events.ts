/**
 * Business events, each reported in one place: the log line and the counter cannot drift apart. The log that is given
 * carries the ids (workspace, tenant, run, attempt); counters never do.
 */
import type { Log } from '#foundation/observability/log.ts'
import { metrics } from '#foundation/observability/metrics.ts'

interface DecidedSlot {
  readonly type: string
  readonly end: 'started' | 'caught_up' | 'missed' | 'overlapped'
}

export function reportSlotDecided(log: Log, { type, end }: DecidedSlot): void {
  metrics().slotDecided(type, end)
  log.debug({ type, end }, 'schedule slot decided')
}

interface EndedRun {
  readonly type: string
  readonly outcome: string
  /** The attempt that ended it. */
  readonly tookMs: number
}

export function reportRunEnded(log: Log, { type, outcome, tookMs }: EndedRun): void {
  metrics().runEnded(type, { outcome, tookMs })
  log.info({ type, state: 'ended', outcome, tookMs }, 'run ended')
}

export function reportRunPutBack(log: Log, run: { type: string; kind: 'retry' | 'throttled' | 'hand_back' }): void {
  metrics().runPutBack(run.type, run.kind)
  log.info({ ...run, state: 'released' }, 'run put back')
}

export function reportResultDropped(log: Log, run: { type: string; ending: string }): void {
  metrics().resultDropped(run.type)
  log.warn(run, 'run belongs to another worker now, its result is dropped')
}

export function reportRedeliveryDropped(log: Log, run: { runId: string }): void {
  metrics().redeliveryDropped()
  log.debug(run, 'run has ended already, its redelivery is dropped')
}

interface RecoveredRun {
  readonly type: string
  readonly end: { readonly state: 'released' } | { readonly state: 'ended'; readonly outcome: string }
}

export function reportRunRecovered(log: Log, { type, end }: RecoveredRun): void {
  metrics().runRecovered(type, end.state)
  if (end.state === 'ended') metrics().runEnded(type, { outcome: end.outcome, tookMs: undefined })
  log.warn({ type, ...end }, 'run of a lost worker recovered')
}

export function reportDelivery(
  log: Log,
  { isDelivered, ...answer }: { isDelivered: boolean; status?: unknown; answer?: unknown },
): void {
  metrics().deliveryTried(isDelivered ? 'delivered' : 'failed')
  if (isDelivered) log.debug(answer, 'notification delivered')
  else log.warn(answer, 'notification not delivered')
}

export function reportLeaseLost(log: Log, error: unknown): void {
  metrics().leaseLost()
  log.error({ err: error }, 'worker lost its lease, its runs were stopped and will be recovered')
}

interface SignedHead {
  readonly workspaceId: string
  readonly seq: number
}

/** The line carries the whole checkpoint: kept with the log, it shows later what happened to the audit log. */
export function reportCheckpoint(log: Log, checkpoint: SignedHead): void {
  log.info({ checkpoint }, 'audit checkpoint')
}
