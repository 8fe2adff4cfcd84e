import { isUuid } from '#foundation/kernel/ids.ts'
import { isTextColumn, notACursor, readColumns, writeColumns } from '#foundation/kernel/list-cursor.ts'

/** Where a page of assignments ends, in the order of their policies' names. */
export interface AssignmentPlace {
  /** As it is sorted: in lower case. */
  readonly name: string
  readonly policyId: string
  /** Which assignment of the policy, as it is kept. */
  readonly ordinal: number
  /** What of the assignment, where a list names several things of one. */
  readonly part: string
}

export function writePlace({ name, policyId, ordinal, part }: AssignmentPlace): string {
  return writeColumns([name, policyId, ordinal, part])
}

/** @throws Failure `invalid_input` for a cursor that no page gave */
export function readPlace(cursor: string): AssignmentPlace {
  const [name, policyId, ordinal, part] = readColumns(cursor)
  const isPlace = isTextColumn(name) && isTextColumn(part) && typeof policyId === 'string' && isUuid(policyId)
  if (isPlace && Number.isSafeInteger(ordinal)) return { name, policyId, ordinal: Number(ordinal), part }
  throw notACursor()
}
