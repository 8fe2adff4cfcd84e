import { sql } from 'kysely'
import { decideAfterLoss, type Ending } from '#domain/operations/decide-ending.ts'
import { endRun, type EndingRun, type RunEnd } from '#domain/operations/end-run.ts'
import type { Tries } from '#domain/operations/claim.ts'
import type { Database } from '#foundation/db/database.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import { asId, type RunId, type WorkerId, type WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'
import { reportRunRecovered } from '#foundation/observability/events.ts'
import type { Log } from '#foundation/observability/log.ts'

// The worker aborts a run at its deadline; only one that does not even stop then is taken from it.
const deadlineGraceMs = 60_000

interface LostRow {
  readonly workspace_id: string
  readonly run_id: string
  readonly attempt: number
  readonly lease_owner: string
  readonly throttles: number
  readonly hand_backs: number
  readonly max_attempts: number
  readonly type: string
  readonly worker_gone: boolean
}

export type LostClaim = EndingRun & Tries & { readonly workerGone: boolean }

/**
 * Ends leases that are over and settles the runs nobody stands behind any more: queued again, or, attempts spent, failed
 * with `run.worker_lost`. Any number of processes may do it at once.
 */
export async function recoverRuns(deps: { db: Database; log: Log }, signal: AbortSignal): Promise<void> {
  for (const lost of await lostClaims(deps.db)) await recoverLost(deps, lost, signal)
}

// Few at a time, so that the transaction is short.
const releasedAtOnce = 200

/**
 * Releases the identities whose cooldown is over, so that whoever starts the same again finds nothing to release. Any
 * number of processes may do it at once.
 */
export async function releaseIdentities(db: Database, signal: AbortSignal): Promise<void> {
  for (let released = releasedAtOnce; released === releasedAtOnce && !signal.aborted;) {
    const { rows } = await sql<{ n: number }>`select release_cooled(${releasedAtOnce}) as n`.execute(db)
    released = rows[0]?.n ?? 0
  }
}

/**
 * Settles one lost run, under the claim of its lost worker: when that one still lives, it can change nothing any more.
 * Undefined when that failed, which is logged.
 */
export async function recoverLost(
  { db, log }: { db: Database; log: Log },
  lost: LostClaim,
  signal: AbortSignal,
): Promise<RunEnd | undefined> {
  const { ctx, runId, attempt, type, workerGone } = lost
  const { workspaceId } = ctx
  const ending = decideAfterLoss(lost, { workerGone, jitter: Math.random() })
  try {
    failpoint('run.recovering')
    const end = await endRun(db, lost, atOnce(ending), signal)
    failpoint('run.recovered')
    if (end.state !== 'stale') reportRunRecovered(log.child({ workspaceId, runId, attempt }), { type, end })
    return end
  } catch (error) {
    log.error({ err: error, workspaceId, runId, attempt }, 'run of a lost worker could not be recovered')
    return undefined
  }
}

/** The time until the loss was noticed was wait enough. */
function atOnce(ending: Ending): Ending {
  return ending.kind === 'retry' ? { ...ending, delayMs: 0 } : ending
}

/** Ends leases that are over; the claims that nobody stands behind any more. */
export async function lostClaims(db: Database): Promise<LostClaim[]> {
  const { rows } = await sql<LostRow>`
    select * from lost_claims(make_interval(secs => ${deadlineGraceMs / 1000}))`.execute(db)
  return rows.map((row) => ({
    ctx: contextOfProduct(asId<WorkspaceId>(row.workspace_id), 'Recovery'),
    runId: asId<RunId>(row.run_id),
    attempt: row.attempt,
    owner: asId<WorkerId>(row.lease_owner),
    throttles: row.throttles,
    handBacks: row.hand_backs,
    maxAttempts: row.max_attempts,
    type: row.type,
    workerGone: row.worker_gone,
  }))
}
