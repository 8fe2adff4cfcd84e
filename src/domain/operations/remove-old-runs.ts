import { sql } from 'kysely'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/** Where the last batch ended. The time is PostgreSQL's text, to the microsecond. */
export interface RunCursor {
  readonly createdAt: string
  readonly id: string
}

export interface RunBatch {
  /** Ended longer ago than this. */
  readonly days: number
  readonly after: RunCursor | null
}

export interface RemovedRuns {
  readonly runs: number
  readonly items: number
  /** Where the next batch begins; null when there is none. */
  readonly after: RunCursor | null
}

// Few rows a transaction: whoever starts a run meanwhile does not notice.
const runsAtOnce = 50
const itemsAtOnce = 200

/**
 * Deletes one batch of runs that ended long ago, the oldest first, their items before them. Kept is what is active, what
 * still holds its identity, and what a restore refers to. Locks the rows it deletes; those somebody else has are passed over.
 */
export async function removeOldRuns(tx: Tx, ctx: WorkspaceContext, batch: RunBatch): Promise<RemovedRuns> {
  const old = await oldRuns(tx, ctx, batch)
  const ids = old.map(({ id }) => id)
  const items = ids.length === 0 ? 0 : await deleteItems(tx, ctx, ids)
  // Some runs have more items left: the next batch takes the same runs again.
  if (items === itemsAtOnce) return { runs: 0, items, after: batch.after ?? beforeAll }
  const runs = ids.length === 0 ? 0 : await deleteRuns(tx, ctx, ids)
  return { runs, items, after: old.length < runsAtOnce ? null : (old.at(-1) ?? null) }
}

const beforeAll: RunCursor = { createdAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' }

// `statement_timestamp()`, because the index cannot be asked about a time that changes meanwhile.
async function oldRuns(tx: Tx, ctx: WorkspaceContext, { days, after }: RunBatch): Promise<RunCursor[]> {
  const cutoff = sql`statement_timestamp() - make_interval(days => ${days})`
  const from = after ?? beforeAll
  const { rows } = await sql<RunCursor>`
    select r.id, r.created_at::text as "createdAt" from operation_runs r
    where r.workspace_id = ${ctx.workspaceId} and r.created_at < ${cutoff}
      and (r.created_at, r.id) > (${from.createdAt}::timestamptz, ${from.id}::uuid)
      and r.outcome <> 'pending' and r.completed_at < ${cutoff}
      and (not r.holds or r.cooldown_until < statement_timestamp())
      and not exists (select from restore_runs u where u.workspace_id = r.workspace_id and u.run_id = r.id)
      and not exists (select from restore_runs u where u.workspace_id = r.workspace_id and u.preview_run_id = r.id)
      and not exists (select from restore_sends u where u.workspace_id = r.workspace_id and u.run_id = r.id)
    order by r.created_at, r.id limit ${runsAtOnce}
    for update of r skip locked`.execute(tx)
  return rows
}

async function deleteItems(tx: Tx, ctx: WorkspaceContext, runIds: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from run_items i
    using (
      select o.run_id, o.item_key from run_items o
      where o.workspace_id = ${ctx.workspaceId} and o.run_id = any (${[...runIds]}::uuid[]) limit ${itemsAtOnce}
    ) o
    where i.workspace_id = ${ctx.workspaceId} and i.run_id = o.run_id and i.item_key = o.item_key`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

async function deleteRuns(tx: Tx, ctx: WorkspaceContext, ids: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from operation_runs where workspace_id = ${ctx.workspaceId} and id = any (${[...ids]}::uuid[])`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** Deletes what nobody has told of for so long that it is no news any more; answers how many. */
export async function removeOldOutbox(
  tx: Tx,
  ctx: WorkspaceContext,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from outbox o
    where o.workspace_id = ${ctx.workspaceId} and o.id in (
      select u.id from outbox u
      where u.workspace_id = ${ctx.workspaceId} and u.created_at < statement_timestamp() - make_interval(days => ${days})
      limit ${limit})`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}
