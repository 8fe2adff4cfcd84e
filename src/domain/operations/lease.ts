/**
 * The lease of a worker process: one row per process, renewed by one statement that also reads back what the process
 * holds. A lease that was over is never renewed; the process registers anew, under a new id.
 */
import { hostname } from 'node:os'
import { sql } from 'kysely'
import { LeaseOver, type ClaimKey, type Tries } from '#domain/operations/claim.ts'
import { staleState } from '#domain/operations/claim-runs.ts'
import type { Database } from '#foundation/db/database.ts'
import { sqlState } from '#foundation/db/transaction.ts'
import { asId, newId, type RunId, type WorkerId, type WorkspaceId } from '#foundation/kernel/ids.ts'

/** One claim as the database sees it. */
export interface HeldClaim extends ClaimKey, Tries {
  readonly type: string
  readonly isCancelRequested: boolean
  readonly isPastDeadline: boolean
}

interface HeldRow {
  readonly workspace_id: string
  readonly run_id: string
  readonly attempt: number
  readonly throttles: number
  readonly hand_backs: number
  readonly max_attempts: number
  readonly type: string
  readonly cancel_requested: boolean
  readonly past_deadline: boolean
}

/** Registers this process as a worker with a fresh lease. */
export async function takeLease(db: Database, leaseMs: number): Promise<WorkerId> {
  const owner = newId<WorkerId>()
  await sql`
    insert into workers (id, host, pid, lease_until)
    values (${owner}, ${hostname()}, ${process.pid}, clock_timestamp() + ${milliseconds(leaseMs)})`.execute(db)
  return owner
}

/**
 * Renews the lease and returns everything the worker holds, the whole truth in one statement.
 * @throws LeaseOver
 */
export async function renewLease(db: Database, owner: WorkerId, leaseMs: number): Promise<HeldClaim[]> {
  try {
    const { rows } = await sql<HeldRow>`select * from renew_lease(${owner}, ${milliseconds(leaseMs)})`.execute(db)
    return rows.map((row) => ({
      workspaceId: asId<WorkspaceId>(row.workspace_id),
      runId: asId<RunId>(row.run_id),
      owner,
      type: row.type,
      attempt: row.attempt,
      throttles: row.throttles,
      handBacks: row.hand_backs,
      maxAttempts: row.max_attempts,
      isCancelRequested: row.cancel_requested,
      isPastDeadline: row.past_deadline,
    }))
  } catch (error) {
    throw sqlState(error) === staleState ? new LeaseOver(owner, { cause: error }) : error
  }
}

/** Gives the lease up: whatever the worker still holds may be recovered at once. */
export async function endLease(db: Database, owner: WorkerId): Promise<void> {
  await db.deleteFrom('workers').where('id', '=', owner).execute()
}

/**
 * Ends the leases of all other workers. Only for a process that owns its database alone: whoever held a lease there is
 * an earlier process of the same kind, and dead.
 */
export async function endOtherLeases(db: Database, owner: WorkerId): Promise<void> {
  await db.deleteFrom('workers').where('id', '<>', owner).execute()
}

function milliseconds(ms: number) {
  return sql`make_interval(secs => ${ms / 1000})`
}
