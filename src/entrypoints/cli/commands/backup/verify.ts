import type { Command } from '#entrypoints/cli/cli.ts'
import { findBackup } from '#entrypoints/cli/find-backup.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupVerify: Command = async (cli, [text]) => {
  const session = await openSession(cli)
  const { id } = await findBackup(session, await session.tenant(), text)
  const started = await session.api.backups.verify({ ...session.at, backup: id })
  return finish(cli, await answerStart(cli, session, started))
}
