import { pinBackup, unpinBackup } from '#domain/backups/pin-backup.ts'
import { showBackup } from '#domain/backups/show-backup.ts'
import { printBackup } from '#entrypoints/cli/backups/print-backup.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { backupSetIdOf } from '#entrypoints/cli/find-backup.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupPin: Command = async (cli, [text]) => change(cli, text, pinBackup)

export const backupUnpin: Command = async (cli, [text]) => change(cli, text, unpinBackup)

async function change(cli: Cli, text: string | undefined, act: typeof pinBackup): Promise<void> {
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const { id } = await act(db, tenant, await backupSetIdOf(db, tenant, text))
  await printBackup(cli, await showBackup(db, tenant, { backupSetId: id }))
}
