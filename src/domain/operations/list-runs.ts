import { runsBefore, type RunQuery } from '#domain/operations/run.store.ts'
import type { RunStatus } from '#domain/operations/operation.ts'
import { runView, type RunView } from '#domain/operations/run-view.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { readCursor, writeCursor, type ListPlace } from '#foundation/kernel/list-cursor.ts'

export type { RunQuery } from '#domain/operations/run.store.ts'

export interface RunPage {
  readonly items: readonly RunView[]
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null
}

export interface RunListOptions extends RunQuery {
  readonly cursor?: string
  /** Default 50. */
  readonly limit?: number
  /** Only runs that have not ended and are like that, however old. */
  readonly freshness?: readonly ('late' | 'stuck')[]
}

/**
 * The runs of the workspace, newest first; without `since`, of the last 30 days.
 * @throws Failure `invalid_input` for a cursor that no page gave
 */
export async function listRuns(db: Database, ctx: WorkspaceContext, options: RunListOptions = {}): Promise<RunPage> {
  const { cursor, limit = 50, freshness, ...query } = options
  const before = cursor === undefined ? null : readCursor(cursor)
  if (freshness !== undefined) return pageOf(await lateRuns(db, ctx, { query, before, limit, freshness }), limit)
  return pageOf(await runsBefore(db, ctx, { query, before, limit: limit + 1 }), limit)
}

type PlacedRun = Awaited<ReturnType<typeof runsBefore>>[number]

function pageOf(rows: readonly PlacedRun[], limit: number): RunPage {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items: items.map(runView), nextCursor: rows.length > limit && last !== undefined ? cursorAfter(last) : null }
}

const rowsAtOnce = 1_000

/** Freshness is derived, so runs that have not ended are read until enough of them are like that: one more than wanted. */
async function lateRuns(
  db: Database,
  ctx: WorkspaceContext,
  wanted: { query: RunQuery; before: ListPlace | null; limit: number; freshness: readonly ('late' | 'stuck')[] },
): Promise<PlacedRun[]> {
  const statuses = activeOf(wanted.query.statuses)
  // What has ended is neither late nor stuck.
  if (statuses.length === 0) return []
  const query: RunQuery = { since: new Date(0), ...wanted.query, statuses }
  const found: PlacedRun[] = []
  for (let { before } = wanted; ;) {
    const rows = await runsBefore(db, ctx, { query, before, limit: rowsAtOnce })
    found.push(...rows.filter((row) => wanted.freshness.some((state) => state === runView(row).freshness?.state)))
    const last = rows.at(-1)
    if (found.length > wanted.limit || rows.length < rowsAtOnce || last === undefined) return found
    before = placeOf(last)
  }
}

function activeOf(statuses: readonly RunStatus[] = ['queued', 'running']): readonly RunStatus[] {
  return statuses.filter((status) => status !== 'completed')
}

function placeOf({ place, id }: PlacedRun): ListPlace {
  return { createdAt: place, id: id ?? '' }
}

function cursorAfter(row: PlacedRun): string {
  return writeCursor(placeOf(row))
}
