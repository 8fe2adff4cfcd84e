import { removeConnection } from '#domain/connections/remove-connection.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const connectionRemove: Command = async (cli) => {
  await using session = await openSession(cli)
  const ctx = await session.tenant()
  await confirm(cli, `This forgets how "${ctx.tenantName}" is reached, and destroys its credentials here for good.`)
  await removeConnection(session.product.db, ctx)
  cli.terminal.say(`"${ctx.tenantName}" is not connected any more: runs that need it end blocked. Its backups stay.`)
  cli.terminal.say('Delete its app registrations in Entra, too: copies of the database may still hold what was sealed.')
}
