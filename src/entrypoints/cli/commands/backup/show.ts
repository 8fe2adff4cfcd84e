import { showBackup } from '#domain/backups/show-backup.ts'
import { printBackup } from '#entrypoints/cli/backups/print-backup.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { backupSetIdOf } from '#entrypoints/cli/find-backup.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupShow: Command = async (cli, [text]) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  await printBackup(cli, await showBackup(db, tenant, { backupSetId: await backupSetIdOf(db, tenant, text) }))
}
