import { sql } from 'kysely'
import type { RunPriority } from '#domain/operations/catalog.ts'
import type { Database } from '#foundation/db/database.ts'

/** Why a run that has not ended does not run: it may start, starts later, its lane or type is held back; or it runs. */
export type QueueState = 'waiting' | 'delayed' | 'held' | 'running'

export interface QueueFigures {
  readonly runs: readonly { readonly priority: RunPriority; readonly state: QueueState; readonly runs: number }[]
  /** Of runs that may start now; priorities without one are left out. */
  readonly oldestWaiting: readonly { readonly priority: RunPriority; readonly seconds: number }[]
  /** Waiting runs of the lane that has most. */
  readonly longestLane: number
  readonly lanes: { readonly waiting: number; readonly paused: number; readonly throttled: number }
  readonly workers: { readonly working: number; readonly draining: number }
}

interface FiguresRow {
  readonly runs: readonly { priority: number; state: QueueState; runs: number; oldest: number | null }[] | null
  readonly longest_lane: number
  readonly waiting: number
  readonly paused: number
  readonly throttled: number
  readonly working: number
  readonly draining: number
}

/** The queue of all workspaces in figures, in one statement over the live rows: never over the history. */
export async function readQueueFigures(db: Database): Promise<QueueFigures> {
  const { rows } = await sql<FiguresRow>`
    select f.runs, f.longest_lane, f.waiting, f.paused, f.throttled, f.working, f.draining from queue_figures() f`.execute(
    db,
  )
  const [row] = rows
  if (row === undefined) throw new TypeError('no figures of the queue')
  const runs = (row.runs ?? []).map((each) => ({ ...each, priority: priorityOf(each.priority) }))
  return {
    runs: runs.map(({ priority, state, runs: n }) => ({ priority, state, runs: n })),
    oldestWaiting: runs.flatMap(({ priority, state, oldest }) =>
      state === 'waiting' && oldest !== null ? [{ priority, seconds: Math.max(0, oldest) }] : [],
    ),
    longestLane: row.longest_lane,
    lanes: { waiting: row.waiting, paused: row.paused, throttled: row.throttled },
    workers: { working: row.working, draining: row.draining },
  }
}

function priorityOf(priority: number): RunPriority {
  return priority === 0 ? 'interactive' : 'scheduled'
}
