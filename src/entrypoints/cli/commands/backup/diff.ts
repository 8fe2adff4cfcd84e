import { diffBackup } from '#entrypoints/cli/backups/diff-backup.ts'
import { printBackupDiff } from '#entrypoints/cli/backups/print-diff.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findBackup } from '#entrypoints/cli/find-backup.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupDiff: Command<{ exitCode?: true }> = async (cli, [text], { exitCode }) => {
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const diff = await diffBackup(session, await findBackup(session, tenant, text))
  return printBackupDiff(cli, diff, { exitCode })
}
