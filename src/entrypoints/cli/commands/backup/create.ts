import { createBackup } from '#domain/backups/create-backup.ts'
import { backupSetOfRun, showBackup } from '#domain/backups/show-backup.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { printBackup } from '#entrypoints/cli/backups/print-backup.ts'
import { typesOption } from '#entrypoints/cli/options.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { exitCodeOf, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const backupCreate: Command<{ note?: string; type?: string[] }> = async (cli, _args, { note, type }) => {
  const types = typesOption(type)
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const ensured = await createBackup(db, tenant, { ...(note && { note }), ...(types && { types }) })
  const followed = await answerStart(cli, session.product, session.ctx, ensured)
  const set = followed.state === 'ended' ? await backupSetOfRun(db, tenant, followed.run.id) : undefined
  if (followed.state === 'answered' || set === undefined) return await finish(cli, followed)
  if (cli.printer.isForPeople) sayEnded(cli, followed.run)
  await printBackup(cli, await showBackup(db, tenant, { backupSetId: set.id }))
  if (cli.printer.isForPeople && set.state !== 'failed')
    cli.terminal.say(
      `Later: tenantatlas inventory sync, then tenantatlas backup diff ${set.id} --tenant "${tenant.tenantName}"`,
    )
  return exitCodeOf(followed.run)
}
