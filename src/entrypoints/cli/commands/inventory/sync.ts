import type { Command } from '#entrypoints/cli/cli.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const inventorySync: Command = async (cli) => {
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const started = await session.api.inventory.sync(tenant.at)
  return finish(cli, await answerStart(cli, session, started), `tenantatlas policy list --tenant "${tenant.name}"`)
}
