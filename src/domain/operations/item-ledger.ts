import { sql } from 'kysely'
import { type Claim, type ClaimKey, StaleClaim } from '#domain/operations/claim.ts'
import { staleState } from '#domain/operations/claim-runs.ts'
import type { ItemLedger, RunItem } from '#domain/operations/operation.ts'
import { countsOf } from '#domain/operations/summary-counts.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace, sqlState } from '#foundation/db/transaction.ts'
import { genuine } from '#foundation/kernel/context.ts'
import { reportDefect } from '#foundation/kernel/defect.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import { sanitizeMessage } from '#foundation/kernel/sanitize.ts'
import type { Log } from '#foundation/observability/log.ts'

/** The item ledger of a claimed run. Every write holds the claim first, so a stale one changes nothing. */
export function createItemLedger(deps: { db: Database; log: Log }, claim: Claim): ItemLedger {
  const { db, log } = deps
  return {
    async plan(items) {
      if (items.length === 0) return
      failpoint('run.items_planning')
      await underClaim(claim, sql`select plan_run_items(${keyOf(claim)}, ${JSON.stringify(items)})`.execute(db))
      failpoint('run.items_planned')
    },
    record: (items) => record(db, claim, items, log),
    recordIn: (tx, items) => record(tx, claim, items, log),
    finished: () => finishedItems(db, claim),
  }
}

/** Holds the claim until `tx` ends. @throws StaleClaim */
export async function assertFence(tx: Tx, claim: ClaimKey): Promise<void> {
  await underClaim(claim, sql`select assert_claim(${keyOf(claim)})`.execute(tx))
}

/** @throws StaleClaim unless the claim holds and its worker's lease is good for that long. */
export async function assertLease(db: Database, claim: ClaimKey, remainingMs: number): Promise<void> {
  const { rows } = await sql<{ holds: boolean }>`
    select lease_holds(${keyOf(claim)}, make_interval(secs => ${remainingMs / 1000})) as holds`.execute(db)
  if (rows[0]?.holds !== true) throw new StaleClaim(claim)
}

/** Whether the handler left items it had planned. */
export async function hasOpenItems(db: Database, claim: ClaimKey): Promise<boolean> {
  const open = await inWorkspace(db, claim.ctx, (tx) =>
    tx
      .selectFrom('run_items')
      .select('item_key')
      .where('workspace_id', '=', claim.ctx.workspaceId)
      .where('run_id', '=', claim.runId)
      .where('outcome', '=', 'planned')
      .limit(1)
      .execute(),
  )
  return open.length > 0
}

/** Workspace, run, attempt and owner: the first four arguments of every function that acts under a claim. */
export function keyOf(claim: ClaimKey) {
  return sql.join([genuine(claim.ctx).workspaceId, claim.runId, claim.attempt, claim.owner])
}

async function record(db: Database | Tx, claim: Claim, items: readonly RunItem[], log: Log): Promise<void> {
  if (items.length === 0) return
  // One statement cannot write a row twice: of two items with one key the later counts.
  const rows = new Map(items.map((item) => [item.key, rowOf(item, claim, log)]))
  const json = JSON.stringify([...rows.values()])
  failpoint('run.items_recording')
  await underClaim(claim, sql`select record_run_items(${keyOf(claim)}, ${json})`.execute(db))
  failpoint('run.items_recorded')
}

function rowOf(item: RunItem, { type, runId }: Claim, log: Log) {
  const { counts, unknownKeys } = countsOf(type, item)
  if (unknownKeys.length > 0)
    reportDefect(log, 'an item has counts the catalogue does not list', { type, runId, unknownKeys })
  const { key, label, outcome, failure, output } = item
  return {
    key,
    label,
    outcome,
    counts,
    output,
    ...(failure && { code: failure.code, reason: failure.reason, message: sanitizeMessage(failure.message) }),
  }
}

async function finishedItems(db: Database, claim: ClaimKey): ReturnType<ItemLedger['finished']> {
  const rows = await inWorkspace(db, claim.ctx, (tx) =>
    tx
      .selectFrom('run_items')
      .select(['item_key', 'outcome', 'output'])
      .where('workspace_id', '=', claim.ctx.workspaceId)
      .where('run_id', '=', claim.runId)
      .where('outcome', '<>', 'planned')
      .execute(),
  )
  // The column's check constraint names these outcomes and `planned`.
  return new Map(rows.map((row) => [row.item_key, { outcome: row.outcome as RunItem['outcome'], output: row.output }]))
}

async function underClaim<T>(claim: ClaimKey, statement: Promise<T>): Promise<T> {
  try {
    return await statement
  } catch (error) {
    throw sqlState(error) === staleState ? new StaleClaim(claim, { cause: error }) : error
  }
}
