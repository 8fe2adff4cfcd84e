import { type Claim } from '#domain/operations/claim.ts'
import { claimRuns } from '#domain/operations/claim-runs.ts'
import type { InputOf, OperationType } from '#domain/operations/catalog.ts'
import type { Ending } from '#domain/operations/decide-ending.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { ensureRow, type NewRun } from '#domain/operations/ensure-run.store.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { takeLease } from '#domain/operations/lease.ts'
import type { RunTrigger } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { Database } from '#foundation/db/database.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId, type RunId, type TenantId, type WorkerId } from '#foundation/kernel/ids.ts'

/** Test only: the row of a run of any scope, below the catalogue; equal ones have one identity. */
export function newRunRow(ctx: WorkspaceContext, tenantId: TenantId | null, change: Partial<NewRun> = {}): NewRun {
  return {
    ctx,
    tenantId,
    runId: newId<RunId>(),
    type: 'inventory.sync',
    identity: sha256('the same'),
    input: {},
    context: {},
    trigger: 'system',
    priority: 'scheduled',
    maxAttempts: 3,
    limitMinutes: 60,
    delayMs: 0,
    ...change,
  }
}

/** Test only: queues such a run, without telling any worker. */
export async function givenQueued(db: Database, ctx: TenantContext, change: Partial<NewRun> = {}): Promise<RunId> {
  const { runId } = await ensureRow(db, newRunRow(ctx, ctx.tenantId, change))
  return runId
}

/** Test only: claims up to `free` runs of any type the tests use. */
export async function claimAll(db: Database, owner: WorkerId, free = 100): Promise<Claim[]> {
  const types = ['inventory.sync', 'backup.capture', 'assignments.fetch', 'connection.verify']
  return [...(await claimRuns(db, { owner, types, free, freeForScheduled: free, after: null })).claims]
}

/** Test only: a worker of the test's own claims a queued run of the lane; runs of others are left leased to it. */
export async function givenClaim(db: Database, ctx: WorkspaceContext | TenantContext): Promise<Claim> {
  const owner = await takeLease(db, 3_600_000)
  const claims = await claimAll(db, owner)
  const lane = 'tenantId' in ctx ? ctx.tenantId : ctx.workspaceId
  const claim = claims.find((one) => one.lane === lane)
  if (claim === undefined) throw new Error('no run of this lane can be claimed')
  return claim
}

/** Test only: a run that was started, claimed and ended. */
export async function givenEnded<T extends OperationType>(
  db: Database,
  ctx: TenantContext,
  start: { type: T; input: InputOf<T>; trigger: RunTrigger },
  ending: Ending = { kind: 'finish', verdict: 'returned', result: {} },
): Promise<RunView> {
  await startRun(db, ctx, start)
  const claim = await givenClaim(db, ctx)
  await endRun(db, claim, ending, AbortSignal.abort())
  return getRun(db, ctx, claim.runId)
}
