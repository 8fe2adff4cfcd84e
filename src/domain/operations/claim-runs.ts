import { type Claim, LeaseOver, ProtocolTooOld } from '#domain/operations/claim.ts'
import type { Database } from '#foundation/db/database.ts'
import { runStatement } from '#foundation/db/run-statement.ts'
import { sqlState } from '#foundation/db/transaction.ts'
import type { Actor, TenantPlace } from '#foundation/kernel/context.ts'
import {
  asId,
  type RunId,
  type TenantId,
  type TenantRef,
  type UserId,
  type WorkerId,
  type WorkspaceId,
} from '#foundation/kernel/ids.ts'
import { contextOfRun } from '#foundation/kernel/mint-context.ts'

/** A lane, as a place in the circle in which lanes are visited. */
export interface LanePlace {
  readonly workspaceId: string
  readonly lane: string
}

export interface ClaimOrder {
  readonly owner: WorkerId
  /** Operations the worker has a handler for; others wait for one that does. */
  readonly types: readonly string[]
  /** Slots free in all; interactive runs may take each of them. */
  readonly free: number
  /** How many of them scheduled runs may take. */
  readonly freeForScheduled: number
  /** Where the last claim was: the next visit begins after it, so that no lane is left out. */
  readonly after: LanePlace | null
}

/** SQLSTATE of the ledger's own functions for a claim or a lease that does not hold. */
export const staleState = 'TA001'
/** For a worker that speaks another protocol than the database. */
const protocolState = 'TA002'

const beforeAllLanes = {
  workspaceId: '00000000-0000-0000-0000-000000000000',
  lane: '00000000-0000-0000-0000-000000000000',
}

const claim = { name: 'claim_runs', text: 'select * from claim_runs($1, $2, $3, $4, $5, $6)' }

interface ClaimRow {
  readonly workspace_id: string
  readonly run_id: string
  readonly lane: string
  readonly priority: number
  readonly attempt: number
  readonly throttles: number
  readonly hand_backs: number
  readonly max_attempts: number
  readonly type: string
  readonly input: unknown
  readonly initiator_id: string | null
  readonly initiator_name: string
  readonly tenant_id: string | null
  readonly tenant_ref: string | null
  readonly tenant_name: string | null
  readonly is_canonical: boolean
}

export interface Claimed {
  readonly claims: readonly Claim[]
  /** Runs that had ended when they were delivered once more: their queue rows are gone, nothing else changed. */
  readonly redelivered: readonly RunId[]
}

/**
 * Claims runs that may start now, fairly over lanes: those somebody waits for first, never more of a lane than its limit.
 * @throws LeaseOver, ProtocolTooOld
 */
export async function claimRuns(db: Database, order: ClaimOrder): Promise<Claimed> {
  const { owner, types, free, freeForScheduled } = order
  const { workspaceId, lane } = order.after ?? beforeAllLanes
  try {
    const rows = await runStatement<ClaimRow>(db, claim, [owner, types, free, freeForScheduled, workspaceId, lane])
    return {
      claims: rows.filter((row) => row.is_canonical).map((row) => claimOf(row, owner)),
      redelivered: rows.filter((row) => !row.is_canonical).map((row) => asId<RunId>(row.run_id)),
    }
  } catch (error) {
    throw refusal(owner, error)
  }
}

function refusal(owner: WorkerId, error: unknown): unknown {
  const state = sqlState(error)
  if (state === protocolState) return new ProtocolTooOld({ cause: error })
  return state === staleState ? new LeaseOver(owner, { cause: error }) : error
}

function claimOf(row: ClaimRow, owner: WorkerId): Claim {
  return {
    ctx: contextOfRun({ workspaceId: asId<WorkspaceId>(row.workspace_id), actor: actorOf(row) }, tenantOf(row)),
    runId: asId<RunId>(row.run_id),
    attempt: row.attempt,
    owner,
    throttles: row.throttles,
    handBacks: row.hand_backs,
    maxAttempts: row.max_attempts,
    type: row.type,
    input: row.input,
    priority: row.priority === 0 ? 'interactive' : 'scheduled',
    lane: row.lane,
  }
}

function actorOf({ initiator_id: id, initiator_name: name }: ClaimRow): Actor {
  return id === null ? { kind: 'system', name } : { kind: 'user', userId: asId<UserId>(id), name }
}

function tenantOf({ tenant_id, tenant_ref, tenant_name }: ClaimRow): Omit<TenantPlace, 'workspaceId'> | null {
  if (tenant_id === null || tenant_ref === null || tenant_name === null) return null
  return { id: asId<TenantId>(tenant_id), ref: asId<TenantRef>(tenant_ref), name: tenant_name }
}
