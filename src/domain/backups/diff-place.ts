import type { ItemCursor } from '#domain/backups/backups.store.ts'
import type { NewPlace } from '#domain/backups/diff-backup.store.ts'
import { isTextColumn, notACursor, readColumns, writeColumns } from '#foundation/kernel/list-cursor.ts'

/** Where a page of a comparison ends: among what the set holds, or among what is new since. */
export type DiffPlace =
  | { readonly among: 'held'; readonly after: ItemCursor }
  | { readonly among: 'new'; readonly after: NewPlace }

export function writePlace(place: DiffPlace): string {
  if (place.among === 'held') return writeColumns(['held', place.after.type, place.after.graphId])
  const { type, name, graphId } = place.after
  return writeColumns(['new', type, graphId, name])
}

/** @throws Failure `invalid_input` for a cursor that no page gave */
export function readPlace(cursor: string): DiffPlace {
  const [among, type, graphId, name] = readColumns(cursor)
  if (!isTextColumn(type) || !isTextColumn(graphId)) throw notACursor()
  if (among === 'held') return { among, after: { type, graphId } }
  if (among === 'new' && isTextColumn(name)) return { among, after: { type, name, graphId } }
  throw notACursor()
}
