import type { BackupDocument } from '#contract/api/backups.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import { endingWith, recent } from '#entrypoints/cli/ending-with.ts'
import type { Session, Tenant } from '#entrypoints/cli/session.ts'

/**
 * The backup set of the tenant that a command names; the end of its id is enough for a recent one; `latest`, or nothing,
 * is the newest one that can be used.
 * @throws Failure `not_found`, `ambiguous`
 */
export async function findBackup(session: Session, tenant: Tenant, text = 'latest'): Promise<BackupDocument> {
  if (text === 'latest') return latestBackup(session, tenant)
  if (isUuid(text)) return backupById(session, tenant, text.toLowerCase())
  const { items } = await session.api.backups.list({ ...tenant.at, limit: recent })
  const found = endingWith(items, { text, plural: 'backup sets' })
  if (found !== undefined) return found
  throw new Failure('not_found', `There is no backup set "${text}"; \`tenantatlas backup list\` shows those there are.`)
}

async function latestBackup({ api }: Session, tenant: Tenant): Promise<BackupDocument> {
  const { items } = await api.backups.list({ ...tenant.at, state: ['complete', 'partial'], limit: 1 })
  const [latest] = items
  if (latest !== undefined) return latest
  const message = `Tenant "${tenant.name}" has no backup yet; make one with \`tenantatlas backup create\`.`
  throw new Failure('not_found', message)
}

/** An id names a set of the workspace; a command that names a tenant means one of that tenant. */
async function backupById({ api, at }: Session, tenant: Tenant, id: string): Promise<BackupDocument> {
  const backup = await api.backups.get({ ...at, backup: id })
  if (backup.tenant.id === tenant.id) return backup
  throw new Failure('not_found', `Tenant "${tenant.name}" has no backup set ${id}.`)
}
