import { listRestores } from '#domain/restore/list-restores.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId, isUuid } from '#foundation/kernel/ids.ts'
import type { RestoreRunId } from '#foundation/kernel/ids.ts'
import { endingWith, recent } from '#entrypoints/cli/ending-with.ts'

/**
 * The id of the restore run that a command names; the end of its id is enough for a recent one.
 * @throws Failure `not_found`, `ambiguous`
 */
export async function restoreIdOf(db: Database, tenant: TenantContext, text: string): Promise<RestoreRunId> {
  if (isUuid(text)) return asId(text.toLowerCase())
  const { items } = await listRestores(db, tenant, { limit: recent })
  const found = endingWith(items, { text, plural: 'restore runs' })
  if (found !== undefined) return found.id
  throw new Failure(
    'not_found',
    `There is no restore run "${text}"; \`tenantatlas restore list\` shows those there are.`,
  )
}
