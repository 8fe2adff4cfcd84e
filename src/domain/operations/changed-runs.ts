/**
 * What changed in the runs of a workspace, for whoever follows it. A place is a moment of the database's clock; what is
 * stamped before it can be committed after it, so whoever reads since a place reads a while before it, and may read twice.
 */
import { clockMicros, idsChangedSince, runsWithIds } from '#domain/operations/run.store.ts'
import { runView, type RunView } from '#domain/operations/run-view.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'

/** Microseconds since 1970 by the database's clock. */
export type FeedPlace = number

/** Where the feed is now. Asked before anything is read, so that nothing after it is missing. */
export function placeNow(tx: Tx): Promise<FeedPlace> {
  return clockMicros(tx)
}

/** These runs as they are now, oldest first. */
export async function readRuns(tx: Tx, ctx: WorkspaceContext, ids: readonly RunId[]): Promise<RunView[]> {
  if (ids.length === 0) return []
  const rows = await runsWithIds(tx, ctx, ids)
  return rows.map(runView).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
}

/**
 * The runs that were created or ended since a place, and those that were begun and have not ended, whose steps between
 * are not stored. Undefined when they are more than `limit`.
 */
export async function readRunsSince(
  tx: Tx,
  ctx: WorkspaceContext,
  { since, limit }: { readonly since: FeedPlace; readonly limit: number },
): Promise<RunView[] | undefined> {
  const ids = await idsChangedSince(tx, ctx, { since, limit: limit + 1 })
  return ids.length > limit ? undefined : readRuns(tx, ctx, ids)
}
