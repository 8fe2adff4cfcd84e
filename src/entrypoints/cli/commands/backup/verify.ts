import { verifyBackup } from '#domain/backups/verify-backup.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { backupSetIdOf } from '#entrypoints/cli/find-backup.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupVerify: Command = async (cli, [text]) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const ensured = await verifyBackup(db, tenant, { backupSetId: await backupSetIdOf(db, tenant, text) })
  return await finish(cli, await answerStart(cli, session.product, session.ctx, ensured))
}
