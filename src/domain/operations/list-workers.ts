import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'

/** A worker process as its lease row says it. */
export interface WorkerView {
  readonly host: string
  readonly pid: number
  readonly startedAt: Date
  /** When it is given up, unless it renews its lease before. */
  readonly leaseUntil: Date
}

/** The worker processes whose lease is not over, the oldest first. None: queued runs wait until somebody starts one. */
export async function listWorkers(db: Database): Promise<WorkerView[]> {
  const rows = await db
    .selectFrom('workers')
    .select(['host', 'pid', 'started_at', 'lease_until'])
    .where('lease_until', '>', sql<Date>`clock_timestamp()`)
    .orderBy('started_at')
    .execute()
  return rows.map((row) => ({ host: row.host, pid: row.pid, startedAt: row.started_at, leaseUntil: row.lease_until }))
}
