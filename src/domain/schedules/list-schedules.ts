import type { Schedule } from '#domain/schedules/schedule.ts'
import { schedulesAfter, type SchedulePlace } from '#domain/schedules/schedules.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'

export interface ScheduleListOptions {
  readonly withSystem?: boolean
  readonly cursor?: string
  /** Default 50. */
  readonly limit?: number
}

export interface SchedulePage {
  readonly items: readonly Schedule[]
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null
}

/**
 * The schedules people made in this workspace, by name; with `withSystem` followed by the product's own.
 * @throws Failure `invalid_input` for a cursor that no page gave
 */
export async function listSchedules(
  db: Database,
  ctx: WorkspaceContext,
  { withSystem = false, cursor, limit = 50 }: ScheduleListOptions = {},
): Promise<SchedulePage> {
  const after = cursor === undefined ? null : readCursor(cursor)
  const rows = await inWorkspace(db, ctx, (tx) => schedulesAfter(tx, ctx, { withSystem, after, limit: limit + 1 }))
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? writeCursor(last) : null }
}

function writeCursor({ isSystem, id, name }: SchedulePlace): string {
  return Buffer.from(`${isSystem ? 's' : 'p'} ${id} ${name}`).toString('base64url')
}

function readCursor(cursor: string): SchedulePlace {
  const [, kind, id, name] = /^([sp]) (\S+) ([^\0]+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (id !== undefined && name !== undefined && isUuid(id)) return { isSystem: kind === 's', id, name }
  throw new Failure('invalid_input', 'The cursor is not one that a page of this list gave.')
}
