import type { Command } from '#entrypoints/cli/cli.ts'
import { findRestore } from '#entrypoints/cli/restores/find-restore.ts'
import { printRestore } from '#entrypoints/cli/restores/print-restore.ts'
import { wholeRestore } from '#entrypoints/cli/restores/whole-restore.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const restoreShow: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id } = await findRestore(session, await session.tenant(), text)
  await printRestore(cli, await wholeRestore(session, id))
}
