import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'

/** A worker process as its lease row says it. */
export interface WorkerView {
  readonly host: string
  readonly pid: number
  readonly startedAt: Date
  readonly heartbeatAt: Date
  readonly isDraining: boolean
}

/** The worker processes whose lease is not over, the oldest first. */
export async function listWorkers(db: Database): Promise<WorkerView[]> {
  const rows = await db
    .selectFrom('workers')
    .select(['host', 'pid', 'started_at', 'heartbeat_at', 'draining'])
    .where('lease_until', '>', sql<Date>`clock_timestamp()`)
    .orderBy('started_at')
    .execute()
  return rows.map((row) => ({
    host: row.host,
    pid: row.pid,
    startedAt: row.started_at,
    heartbeatAt: row.heartbeat_at,
    isDraining: row.draining,
  }))
}
