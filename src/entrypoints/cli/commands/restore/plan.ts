import { findBackupItem } from '#domain/backups/show-backup.ts'
import { planRestore } from '#domain/restore/plan-restore.ts'
import type { RestoreMode } from '#domain/restore/restore-run.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { backupSetIdOf } from '#entrypoints/cli/find-backup.ts'
import { typesOption } from '#entrypoints/cli/options.ts'
import { finishPlan } from '#entrypoints/cli/restores/finish-plan.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  backup?: string
  mode?: RestoreMode
  type?: string[]
}

export const restorePlan: Command<Options> = async (cli, names, { backup, mode = 'replace', type }) => {
  const types = typesOption(type)
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const backupSetId = await backupSetIdOf(db, tenant, backup)
  const policies = await Promise.all(names.map((text) => findBackupItem(db, tenant, { backupSetId, text })))
  const planned = await planRestore(db, tenant, {
    backupSetId,
    mode,
    ...(policies.length > 0 && { policies }),
    ...(types && { types }),
    onlyChanged: policies.length === 0,
  })
  return await finishPlan(cli, session, tenant, planned)
}
