/** Where a page of a list by time ends, as a text that clients hand back without reading it. */
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'

/** After this record. The time is PostgreSQL's text, to the microsecond; the id tells equal times apart. */
export interface ListPlace {
  readonly createdAt: string
  readonly id: string
}

export function writeCursor({ createdAt, id }: ListPlace): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

// Only what PostgreSQL takes for a time: a cursor that somebody made up is bad input, not an error of the database.
const time = /^([12]\d{3}-\d\d-\d\d) (?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d{1,6})?[+-](?:0\d|1[0-4])(?::[0-5]\d)?$/

/** @throws Failure `invalid_input` for a cursor that no page gave */
export function readCursor(cursor: string): ListPlace {
  const [, createdAt, id] = /^(.+) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (isTimeColumn(createdAt) && id !== undefined && isUuid(id)) return { createdAt, id }
  throw notACursor()
}

function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)
}

/** A cursor of a list in another order than time: where the page ended, column by column. */
export function writeColumns(columns: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(columns)).toString('base64url')
}

/** The columns of such a cursor, to be checked; none when it is no cursor at all. */
export function readColumns(cursor: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

/** Whether a column is a text that PostgreSQL takes: it knows no NUL. */
export function isTextColumn(column: unknown): column is string {
  return typeof column === 'string' && !column.includes('\0')
}

/** Whether a column is a time as PostgreSQL writes it; `-infinity` is one. */
export function isTimeColumn(column: unknown): column is string {
  if (column === '-infinity') return true
  const [, day] = (typeof column === 'string' ? time.exec(column) : null) ?? []
  return day !== undefined && isDay(day)
}

/** For a cursor that no page gave. */
export function notACursor(): Failure {
  return new Failure('invalid_input', 'cursor: it is not one that a page of this list gave.')
}
