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
import { productVersion } from '#foundation/kernel/version.ts'
import { asId, newId, type RunId, type WorkerId, type WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'

/** One claim as the database sees it. */
export interface HeldClaim extends ClaimKey, Tries {
  readonly type: string
  readonly isCancelRequested: boolean
  readonly isPastDeadline: boolean
}

/** What a heartbeat learns. */
export interface Heartbeat {
  readonly held: readonly HeldClaim[]
  /** Somebody wants this worker to take nothing more. */
  readonly isDraining: boolean
}

interface HeldRow {
  readonly draining: boolean
  readonly workspace_id: string
  /** Null in the only row of a worker that holds nothing. */
  readonly run_id: string | null
  readonly attempt: number
  readonly throttles: number
  readonly hand_backs: number
  readonly max_attempts: number
  readonly type: string
  readonly cancel_requested: boolean
  readonly past_deadline: boolean
}

// Grows with every change of the ledger's functions that a running worker of an older build would misread.
const ledgerProtocol = 2

/** Registers this process as a worker with a fresh lease; `isDraining` when it was asked to drain under an earlier one. */
export async function takeLease(db: Database, leaseMs: number, { isDraining = false } = {}): Promise<WorkerId> {
  const owner = newId<WorkerId>()
  await sql`
    insert into workers (id, host, pid, protocol, version, draining, lease_until)
    values (${owner}, ${hostname()}, ${process.pid}, ${ledgerProtocol}, ${productVersion}, ${isDraining},
      clock_timestamp() + ${milliseconds(leaseMs)})`.execute(db)
  return owner
}

/**
 * Renews the lease and returns everything the worker holds, the whole truth in one statement.
 * @throws LeaseOver
 */
export async function renewLease(db: Database, owner: WorkerId, leaseMs: number): Promise<Heartbeat> {
  try {
    const { rows } = await sql<HeldRow>`select * from renew_lease(${owner}, ${milliseconds(leaseMs)})`.execute(db)
    const held = rows.flatMap((row) => (row.run_id === null ? [] : [heldClaim(row, row.run_id, owner)]))
    return { held, isDraining: rows.some((row) => row.draining) }
  } catch (error) {
    throw sqlState(error) === staleState ? new LeaseOver(owner, { cause: error }) : error
  }
}

function heldClaim(row: HeldRow, runId: string, owner: WorkerId): HeldClaim {
  return {
    ctx: contextOfProduct(asId<WorkspaceId>(row.workspace_id), 'Worker'),
    runId: asId<RunId>(runId),
    owner,
    type: row.type,
    attempt: row.attempt,
    throttles: row.throttles,
    handBacks: row.hand_backs,
    maxAttempts: row.max_attempts,
    isCancelRequested: row.cancel_requested,
    isPastDeadline: row.past_deadline,
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
