import type { Command } from '#entrypoints/cli/cli.ts'
import { printRestore, wholeRestore } from '#entrypoints/cli/restores/print-restore.ts'
import { restoreIdOf } from '#entrypoints/cli/restores/restore-id.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const restoreShow: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const tenant = await session.tenant()
  const { db } = session.product
  await printRestore(cli, await wholeRestore(db, tenant, await restoreIdOf(db, tenant, text)))
}
