import type { Command } from '#entrypoints/cli/cli.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const connectionRemove: Command = async (cli) => {
  const session = await openSession(cli)
  const { at, name } = await session.tenant()
  await confirm(cli, `This forgets how "${name}" is reached, and destroys its credentials here for good.`)
  await session.api.connections.remove({ ...at, confirm: name })
  cli.terminal.say(`"${name}" is not connected any more: runs that need it end blocked. Its backups stay.`)
  cli.terminal.say('Delete its app registrations in Entra, too: copies of the database may still hold what was sealed.')
}
