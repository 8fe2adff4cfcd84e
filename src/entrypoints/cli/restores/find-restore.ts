import type { RestoreDocument } from '#contract/api/restores.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import { endingWith, recent } from '#entrypoints/cli/ending-with.ts'
import type { Session, Tenant } from '#entrypoints/cli/session.ts'

/**
 * The restore run of the tenant that a command names; the end of its id is enough for a recent one.
 * @throws Failure `not_found`, `ambiguous`
 */
export async function findRestore(session: Session, tenant: Tenant, text: string): Promise<RestoreDocument> {
  if (isUuid(text)) return restoreById(session, tenant, text.toLowerCase())
  const { items } = await session.api.restores.list({ ...tenant.at, limit: recent })
  const found = endingWith(items, { text, plural: 'restore runs' })
  if (found !== undefined) return found
  throw new Failure(
    'not_found',
    `There is no restore run "${text}"; \`tenantatlas restore list\` shows those there are.`,
  )
}

/** An id names a restore of the workspace; a command that names a tenant means one of that tenant. */
async function restoreById({ api, at }: Session, tenant: Tenant, id: string): Promise<RestoreDocument> {
  const restore = await api.restores.get({ ...at, restore: id, limit: 1 })
  if (restore.tenant.id === tenant.id) return restore
  throw new Failure('not_found', `Tenant "${tenant.name}" has no restore run ${id}.`)
}
