import { startRun } from '#domain/operations/ensure-run.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const inventorySync: Command = async (cli) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const ensured = await startRun(db, tenant, { type: 'inventory.sync', input: {}, trigger: 'user' })
  return await finish(
    cli,
    await answerStart(cli, session.product, session.ctx, ensured),
    `tenantatlas policy list --tenant "${tenant.tenantName}"`,
  )
}
