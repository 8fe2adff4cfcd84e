import { getRun } from '#domain/operations/get-run.ts'
import type { SummaryCounts } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'

/** One line of a run's item ledger. */
export interface RunItemView {
  readonly key: string
  readonly label: string | null
  readonly outcome: 'planned' | 'succeeded' | 'failed' | 'skipped'
  readonly counts: SummaryCounts
  readonly failure: { readonly code: string; readonly reason: string; readonly message: string } | null
  readonly output: unknown
  readonly attempt: number
  readonly updatedAt: Date
}

export interface RunItemPage {
  readonly items: readonly RunItemView[]
  /** The key after which the next page begins; null on the last one. */
  readonly nextCursor: string | null
}

/** What a run did with each item, by key. @throws Failure `not_found` */
export async function listRunItems(
  db: Database,
  ctx: WorkspaceContext,
  runId: RunId,
  { cursor, limit = 200 }: { readonly cursor?: string; readonly limit?: number } = {},
): Promise<RunItemPage> {
  await getRun(db, ctx, runId)
  const rows = await inWorkspace(db, ctx, (tx) =>
    tx
      .selectFrom('run_items')
      .selectAll()
      .where('workspace_id', '=', ctx.workspaceId)
      .where('run_id', '=', runId)
      .$if(cursor !== undefined, (q) => q.where('item_key', '>', cursor ?? ''))
      .orderBy('item_key')
      .limit(limit + 1)
      .execute(),
  )
  const items = rows.slice(0, limit).map((row) => ({
    key: row.item_key,
    label: row.label,
    // The column's check constraint names these.
    outcome: row.outcome as RunItemView['outcome'],
    counts: row.counts as SummaryCounts,
    failure: failureOf(row),
    output: row.output,
    attempt: row.attempt,
    updatedAt: row.updated_at,
  }))
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.key ?? null) : null }
}

function failureOf({ code, reason, message }: { code: string | null; reason: string | null; message: string | null }) {
  return code === null || reason === null || message === null ? null : { code, reason, message }
}
