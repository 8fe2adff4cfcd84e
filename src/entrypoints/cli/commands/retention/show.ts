import { showRetention } from '#domain/retention/change-retention.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { printRetention } from '#entrypoints/cli/print-retention.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const retentionShow: Command = async (cli) => {
  await using session = await openSession(cli)
  await printRetention(cli, await showRetention(session.product.db, session.ctx))
}
