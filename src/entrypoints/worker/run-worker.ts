/**
 * The worker: claims runs as slots come free, runs their handlers, keeps its lease, recovers what other workers lost.
 * Any number of processes on any number of machines share one database.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Handlers } from '#domain/operations/handlers.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import type { Log } from '#foundation/observability/log.ts'
import { ProtocolTooOld } from '#domain/operations/claim.ts'
import { holdLease, type LeaseEnd } from '#entrypoints/worker/hold-lease.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export interface WorkerOptions {
  /** Its pool needs a connection per slot and four more. */
  readonly database: OpenDatabase
  readonly handlers: Handlers
  readonly log: Log
  /** Aborted: finish current items, give runs back, resolve within 10 s. */
  readonly signal: AbortSignal
  /** Runs at a time; default 8. */
  readonly slots?: number
  /** Of these, kept for runs somebody waits for; default 2, and always fewer than `slots`. */
  readonly interactiveSlots?: number
  /** How long the lease outlives the last heartbeat; default 15 s. */
  readonly leaseMs?: number
  /** Default 5 s; at most a third of the lease. */
  readonly heartbeatMs?: number
  /** How often to look for runs without having been told; default 1 s. */
  readonly pollMs?: number
  /** How long handlers may take to finish their current item at the end; default 6 s. */
  readonly drainMs?: number
  /** This process owns its database alone: leases of earlier processes are over at once. Default false. */
  readonly solo?: boolean
}

export type WorkerSettings = Required<WorkerOptions>

const pauseAfterLossMs = 1_000

/**
 * Works until `signal` is aborted, through every loss of the database. Resolves when its runs have ended or were given back.
 * @throws Failure `schema_newer` when a newer program has migrated the database meanwhile
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const settings = withDefaults(options)
  const { signal, log } = settings
  let before: LeaseEnd = { isDraining: false }
  // Only the first lease may end others: a later one would end those of workers that came meanwhile.
  for (let solo = settings.solo; !signal.aborted; solo = false) {
    try {
      before = await holdLease({ ...settings, solo }, before)
    } catch (error) {
      if (error instanceof ProtocolTooOld) throw new Failure('schema_newer', error.message, { cause: error })
      log.error({ err: error }, 'worker could not take a lease')
    }
    if (!signal.aborted) await pause(pauseAfterLossMs, undefined, { signal }).catch(() => undefined)
  }
}

function withDefaults(options: WorkerOptions): WorkerSettings {
  const { slots = 8, leaseMs = 15_000, pollMs = 1_000, drainMs = 6_000, solo = false } = options
  const { interactiveSlots = 2, heartbeatMs = leaseMs / 3 } = options
  const settings = { ...options, slots, leaseMs, heartbeatMs, pollMs, drainMs, solo }
  if (slots < 1) throw new RangeError('a worker needs at least one slot')
  if (heartbeatMs > leaseMs / 3) throw new RangeError('heartbeatMs must be at most a third of leaseMs')
  return { ...settings, interactiveSlots: Math.min(interactiveSlots, slots - 1) }
}
