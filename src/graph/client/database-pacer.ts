import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { Clock } from '#graph/client/clock.ts'
import { systemClock } from '#graph/client/clock.ts'
import type { Pacer, Waited } from '#graph/client/pacer.ts'
import { addWaits, createQueue, holdSlot, longestWaitMs, noWait, PacerBlocked } from '#graph/client/pacer.ts'
import type { BucketShape, PaceClass, PacingLimits } from '#graph/client/token-bucket.ts'
import { bucketShape } from '#graph/client/token-bucket.ts'

export interface DatabasePacerOptions {
  readonly db: Database
  readonly ctx: TenantContext
  readonly limits: PacingLimits
  readonly clock?: Clock
}

// A $batch is 20 requests, so a block is what one needs. A write is leased alone: a pause is then obeyed at once.
const leaseSize = { any: 20, write: 1 } as const satisfies Record<PaceClass, number>
// A block not used soon is forgotten, so that no process holds on to it through a pause another one was told of.
const leaseLifetimeMs = 1_000

/**
 * Paces one tenant over all processes that work on it: they lease small blocks of requests from one row per class, and
 * a pause that one of them is told of holds back all of them within a second. All times are the database's.
 */
export function createDatabasePacer(options: DatabasePacerOptions): Pacer {
  const clock = options.clock ?? systemClock
  const any = createLease(options, 'any', clock)
  const write = createLease(options, 'write', clock)
  const writes = createQueue()

  return {
    async take(paceClass, n, signal) {
      const waited = paceClass === 'write' ? await write.take(n, signal) : noWait
      return addWaits(waited, await any.take(n, signal))
    },
    block: (paceClass, delayMs) => (paceClass === 'write' ? write : any).block(delayMs),
    writeSlot: (signal) => holdSlot(writes, signal),
  }
}

interface Lease {
  take(n: number, signal: AbortSignal): Promise<Waited>
  block(delayMs: number): Promise<void>
}

function createLease(options: DatabasePacerOptions, paceClass: PaceClass, clock: Clock): Lease {
  const shape = bucketShape(options.limits, paceClass)
  const inTurn = createQueue()
  let held = 0
  let heldUntilMs = 0

  const takeHeld = (n: number): boolean => {
    if (clock.now() >= heldUntilMs) held = 0
    if (held < n) return false
    held -= n
    return true
  }
  const takeOrLease = async (n: number, signal: AbortSignal): Promise<Waited> => {
    let waited = noWait
    while (!takeHeld(n)) {
      signal.throwIfAborted()
      const answer = await leaseBlock(options, paceClass, shape, n - held)
      if (answer.blockedMs > longestWaitMs) throw new PacerBlocked(answer.blockedMs)
      if (answer.granted > 0) {
        held += answer.granted
        heldUntilMs = clock.now() + leaseLifetimeMs
        continue
      }
      const wait = waitOf(answer)
      await clock.sleep(wait.pacedMs + wait.blockedMs, signal)
      waited = addWaits(waited, wait)
    }
    return waited
  }
  return {
    take: (n, signal) => inTurn(signal, () => takeOrLease(n, signal)),
    async block(delayMs) {
      held = 0
      await blockBudget(options, paceClass, shape, delayMs)
    },
  }
}

interface LeaseAnswer {
  readonly granted: number
  readonly blockedMs: number
  readonly waitMs: number
}

function waitOf({ blockedMs, waitMs }: LeaseAnswer): Waited {
  return blockedMs > 0 ? { pacedMs: 0, blockedMs } : { pacedMs: waitMs, blockedMs: 0 }
}

/** Takes a block from the tenant's budget, or says how long to wait. Locks the one row of the budget. */
async function leaseBlock(
  { db, ctx }: DatabasePacerOptions,
  paceClass: PaceClass,
  { capacity, ratePerMs }: BucketShape,
  wanted: number,
): Promise<LeaseAnswer> {
  const { workspaceId, tenantId } = ctx
  const block = Math.max(wanted, leaseSize[paceClass])
  const needed = Math.min(wanted, capacity)
  const statement = sql<LeaseAnswer>`
    with made as (
      insert into graph_budgets (workspace_id, tenant_id, class, tokens)
      values (${workspaceId}, ${tenantId}, ${paceClass}, ${capacity})
      on conflict do nothing
    ),
    locked as (
      select
        graph_budgets.tokens,
        graph_budgets.refilled_at,
        graph_budgets.blocked_until,
        greatest(clock_timestamp(), graph_budgets.refilled_at) as at
      from graph_budgets
      where graph_budgets.workspace_id = ${workspaceId}
        and graph_budgets.tenant_id = ${tenantId}
        and graph_budgets.class = ${paceClass}
      for update
    ),
    refilled as (
      select
        locked.at,
        least(
          ${capacity}::double precision,
          locked.tokens + extract(epoch from locked.at - locked.refilled_at)::double precision * 1000 * ${ratePerMs}::double precision
        ) as tokens,
        greatest(0, ceil(extract(epoch from locked.blocked_until - locked.at) * 1000))::double precision as blocked_ms
      from locked
    ),
    decided as (
      select
        refilled.*,
        case
          when refilled.blocked_ms > 0 or refilled.tokens < ${needed}::double precision then 0
          else greatest(${wanted}::double precision, least(${block}::double precision, floor(refilled.tokens)))
        end as granted
      from refilled
    )
    update graph_budgets
    set tokens = decided.tokens - decided.granted, refilled_at = decided.at
    from decided
    where graph_budgets.workspace_id = ${workspaceId}
      and graph_budgets.tenant_id = ${tenantId}
      and graph_budgets.class = ${paceClass}
    returning
      decided.granted as "granted",
      decided.blocked_ms as "blockedMs",
      greatest(1, ceil((${needed}::double precision - decided.tokens) / ${ratePerMs}::double precision)) as "waitMs"
  `
  // The row the first call inserts is not visible to its own statement: the second finds it.
  for (;;) {
    const { rows } = await inWorkspace(db, ctx, (tx) => statement.execute(tx))
    if (rows[0] !== undefined) return rows[0]
  }
}

/** Nothing of this class is granted before the pause is over; a longer pause already known stays. */
async function blockBudget(
  { db, ctx }: DatabasePacerOptions,
  paceClass: PaceClass,
  { capacity }: BucketShape,
  delayMs: number,
): Promise<void> {
  const { workspaceId, tenantId } = ctx
  await inWorkspace(db, ctx, (tx) =>
    sql`
      insert into graph_budgets (workspace_id, tenant_id, class, tokens, blocked_until)
      values (
        ${workspaceId}, ${tenantId}, ${paceClass}, ${capacity},
        clock_timestamp() + ${delayMs}::double precision * interval '1 millisecond'
      )
      on conflict (workspace_id, tenant_id, class) do update
      set blocked_until = greatest(graph_budgets.blocked_until, excluded.blocked_until)
    `.execute(tx),
  )
}
