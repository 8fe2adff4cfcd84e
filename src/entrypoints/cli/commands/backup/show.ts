import { printBackup } from '#entrypoints/cli/backups/print-backup.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findBackup } from '#entrypoints/cli/find-backup.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupShow: Command = async (cli, [text]) => {
  const session = await openSession(cli)
  const { id } = await findBackup(session, await session.tenant(), text)
  await printBackup(cli, await session.api.backups.get({ ...session.at, backup: id }))
}
