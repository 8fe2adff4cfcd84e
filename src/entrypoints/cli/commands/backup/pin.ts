import { printBackup } from '#entrypoints/cli/backups/print-backup.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { findBackup } from '#entrypoints/cli/find-backup.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupPin: Command = async (cli, [text]) => change(cli, text, 'pin')

export const backupUnpin: Command = async (cli, [text]) => change(cli, text, 'unpin')

async function change(cli: Cli, text: string | undefined, act: 'pin' | 'unpin'): Promise<void> {
  const session = await openSession(cli)
  const { id } = await findBackup(session, await session.tenant(), text)
  await printBackup(cli, await session.api.backups[act]({ ...session.at, backup: id }))
}
