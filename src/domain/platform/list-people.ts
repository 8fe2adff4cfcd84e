import { peopleAfter, type PersonPlace, type PersonView } from '#domain/platform/people.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import { isTextColumn, notACursor, readColumns, writeColumns } from '#foundation/kernel/list-cursor.ts'

export type { PersonView } from '#domain/platform/people.store.ts'

export interface PeoplePage {
  readonly items: readonly PersonView[]
  /** Give it as `cursor` to get the next page; null at the end. */
  readonly nextCursor: string | null
}

/**
 * The people of all workspaces, by name, for platform operators.
 * @throws Failure `invalid_input` for a cursor that no page gave
 */
export async function listPeople(
  db: Database,
  options: { readonly search?: string | undefined; readonly cursor?: string | undefined; readonly limit: number },
): Promise<PeoplePage> {
  const { search, cursor, limit } = options
  const after = cursor === undefined ? null : readPlace(cursor)
  const found = await peopleAfter(db, { search, after, limit: limit + 1 })
  const page = found.slice(0, limit)
  const last = found.length > limit ? page.at(-1)?.place : undefined
  return {
    items: page.map(({ person }) => person),
    nextCursor: last === undefined ? null : writeColumns([last.name, last.id]),
  }
}

function readPlace(cursor: string): PersonPlace {
  const [name, id] = readColumns(cursor)
  if (isTextColumn(name) && typeof id === 'string' && isUuid(id)) return { name, id }
  throw notACursor()
}
