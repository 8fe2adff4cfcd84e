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
    with live as materialized (
      select l.workspace_id, l.lane, l.priority, l.run_at,
        case
          when l.leased then 'running'
          when coalesce(k.paused, false) or k.blocked_until > clock_timestamp() or t.type is not null then 'held'
          when l.run_at > clock_timestamp() then 'delayed'
          else 'waiting'
        end as state
      from live_runs l
      left join lane_controls k on k.workspace_id = l.workspace_id and k.lane = l.lane
      left join type_controls t on t.workspace_id = l.workspace_id and t.type = l.type
    ), lanes as (
      select count(*) as runs from live where state = 'waiting' group by workspace_id, lane
    ), runs as (
      select l.priority, l.state, count(*) as runs, extract(epoch from clock_timestamp() - min(l.run_at))::float8 as oldest
      from live l group by l.priority, l.state
    )
    select (select jsonb_agg(to_jsonb(r)) from runs r) as runs,
      (select coalesce(max(runs), 0) from lanes) as longest_lane,
      (select count(*) from lanes) as waiting,
      (select count(*) from lane_controls where paused) as paused,
      (select count(*) from lane_controls where not paused and blocked_until > clock_timestamp()) as throttled,
      (select count(*) from workers where lease_until > clock_timestamp() and not draining) as working,
      (select count(*) from workers where lease_until > clock_timestamp() and draining) as draining`.execute(db)
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
