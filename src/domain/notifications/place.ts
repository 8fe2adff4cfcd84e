import { sql } from 'kysely'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'

/** Where a page of a list begins: after this row. The time is PostgreSQL's text, to the microsecond. */
export interface Place {
  readonly createdAt: string
  readonly id: string
}

/** One page, of rows that were read with one more than the page holds. */
export function pageOf<Row extends Place>(rows: readonly Row[], limit: number) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? writeCursor(last) : null }
}

function writeCursor({ createdAt, id }: Place): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

/** @throws Failure `invalid_input` for a cursor that no page gave */
export function readCursor(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null
  const [, createdAt, id] = /^([-\d:. +]+) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (createdAt !== undefined && id !== undefined && isUuid(id) && !Number.isNaN(Date.parse(createdAt)))
    return { createdAt, id }
  throw new Failure('invalid_input', 'The cursor is not one that a page of this list gave.')
}

/** The rows of `alias` after a place, newest first. */
export function after(alias: string, { createdAt, id }: Place) {
  const [time, key] = [sql.ref(`${alias}.created_at`), sql.ref(`${alias}.id`)]
  return sql<boolean>`(${time}, ${key}) < (${createdAt}::timestamptz, ${id}::uuid)`
}
