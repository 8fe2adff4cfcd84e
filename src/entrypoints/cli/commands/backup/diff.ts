import { diffBackup } from '#domain/backups/diff-backup.ts'
import { printBackupDiff } from '#entrypoints/cli/backups/print-diff.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { backupSetIdOf } from '#entrypoints/cli/find-backup.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupDiff: Command<{ exitCode?: true }> = async (cli, [text], { exitCode }) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const diff = await diffBackup(db, tenant, { backupSetId: await backupSetIdOf(db, tenant, text) })
  return await printBackupDiff(cli, diff, { exitCode })
}
