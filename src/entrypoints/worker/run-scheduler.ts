/**
 * The scheduler: every process that works also schedules, any number at once. When nothing is due a look costs one
 * statement along an index. The database decides what is due; a process only looks.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { fireDueSchedules } from '#domain/schedules/fire-due-schedules.ts'
import { ensureSystemSchedulesEverywhere } from '#domain/schedules/system-schedules.ts'
import { patienceAfter } from '#entrypoints/worker/patience.ts'
import type { Database } from '#foundation/db/database.ts'
import type { Log } from '#foundation/observability/log.ts'

export interface SchedulerOptions {
  readonly db: Database
  readonly log: Log
  /** Aborted: the slot that is being decided is the last; resolves at once after it. */
  readonly signal: AbortSignal
  /** How often to look for what is due; default 1 s. */
  readonly pollMs?: number
}

/** Schedules until `signal` is aborted, through every loss of the database. */
export async function runScheduler(options: SchedulerOptions): Promise<void> {
  const { db, log, signal, pollMs = 1_000 } = options
  const givesUp = patienceAfter(signal)
  let knowsWorkspaces = false
  const look = async () => {
    try {
      if (!knowsWorkspaces) await ensureSystemSchedulesEverywhere(db)
      knowsWorkspaces = true
      await fireDueSchedules({ db, log, signal })
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'looking for due schedules failed')
    }
  }
  while (!signal.aborted) {
    await Promise.race([look(), givesUp])
    await pause(pollMs, undefined, { signal }).catch(() => undefined)
  }
}
