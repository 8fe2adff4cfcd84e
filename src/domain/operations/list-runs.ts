import { runsBefore, type RunPlace, type RunQuery } from '#domain/operations/run.store.ts'
import { runView, type RunView } from '#domain/operations/run-view.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'

export type { RunQuery } from '#domain/operations/run.store.ts'

export interface RunPage {
  readonly items: readonly RunView[]
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null
}

/**
 * The runs of the workspace, newest first; without `since`, of the last 30 days.
 * @throws Failure `invalid_input` for a cursor that no page gave
 */
export async function listRuns(
  db: Database,
  ctx: WorkspaceContext,
  options: RunQuery & { readonly cursor?: string; readonly limit?: number } = {},
): Promise<RunPage> {
  const { cursor, limit = 50, ...query } = options
  const before = cursor === undefined ? null : readCursor(cursor)
  const rows = await runsBefore(db, ctx.workspaceId, { query, before, limit: limit + 1 })
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const nextCursor = rows.length > limit && last?.id ? writeCursor({ createdAt: last.place, id: last.id }) : null
  return { items: items.map(runView), nextCursor }
}

function writeCursor({ createdAt, id }: RunPlace): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

function readCursor(cursor: string): RunPlace {
  const [, createdAt, id] = /^([-\d:. +]+) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (createdAt !== undefined && id !== undefined && isUuid(id) && !Number.isNaN(Date.parse(createdAt)))
    return { createdAt, id }
  throw new Failure('invalid_input', 'The cursor is not one that a page of this list gave.')
}
