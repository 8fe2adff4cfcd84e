import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'
import { asId, type WorkerId } from '#foundation/kernel/ids.ts'

/** A worker process as its lease row says it. */
export interface WorkerView {
  /** Another one whenever it had to take a new lease. */
  readonly id: WorkerId
  readonly host: string
  readonly pid: number
  readonly version: string
  readonly startedAt: Date
  /** When it is given up, unless it renews its lease before. */
  readonly leaseUntil: Date
  /** Runs it works on now, of all workspaces. */
  readonly running: number
  /** It takes nothing more. */
  readonly isDraining: boolean
}

/** The worker processes whose lease is not over, the oldest first. None: queued runs wait until somebody starts one. */
export async function listWorkers(db: Database): Promise<WorkerView[]> {
  const rows = await db
    .selectFrom('workers as worker')
    .leftJoin(sql<{ lease_owner: string; running: number }>`runs_by_worker()`.as('held'), (join) =>
      join.onRef('held.lease_owner', '=', 'worker.id'),
    )
    .selectAll('worker')
    .select('held.running')
    .where('worker.lease_until', '>', sql<Date>`clock_timestamp()`)
    .orderBy('worker.started_at')
    .execute()
  return rows.map((row) => ({
    id: asId<WorkerId>(row.id),
    host: row.host,
    pid: row.pid,
    version: row.version,
    startedAt: row.started_at,
    leaseUntil: row.lease_until,
    running: row.running ?? 0,
    isDraining: row.draining,
  }))
}
