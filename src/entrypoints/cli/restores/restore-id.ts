import { Failure } from '#foundation/kernel/failure.ts'
import { asId, isUuid } from '#foundation/kernel/ids.ts'
import type { RestoreRunId } from '#foundation/kernel/ids.ts'

/** @throws Failure `not_found` for a text that cannot be the id of a restore run */
export function restoreIdOf(text: string): RestoreRunId {
  if (isUuid(text)) return asId(text.toLowerCase())
  throw new Failure(
    'not_found',
    `There is no restore run "${text}"; \`tenantatlas restore list\` shows those there are.`,
  )
}
