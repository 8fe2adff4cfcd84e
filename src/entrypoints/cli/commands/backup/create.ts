import type { Command } from '#entrypoints/cli/cli.ts'
import { printBackup } from '#entrypoints/cli/backups/print-backup.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { exitCodeOf, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import type { Session, Tenant } from '#entrypoints/cli/session.ts'

export const backupCreate: Command<{ note?: string; type?: string[] }> = async (cli, _args, { note, type: types }) => {
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const started = await session.api.backups.create({ ...tenant.at, ...(note && { note }), ...(types && { types }) })
  const followed = await answerStart(cli, session, started)
  const set = followed.state === 'ended' ? await setOfRun(session, tenant, followed.run.id) : undefined
  if (followed.state === 'answered' || set === undefined) return finish(cli, followed)
  if (cli.printer.isForPeople) sayEnded(cli, followed.run)
  await printBackup(cli, await session.api.backups.get({ ...session.at, backup: set.id }))
  if (cli.printer.isForPeople && set.state !== 'failed')
    cli.terminal.say(
      `Later: tenantatlas inventory sync, then tenantatlas backup diff ${set.id} --tenant "${tenant.name}"`,
    )
  return exitCodeOf(followed.run)
}

/** The set that a run captured, once it has begun. */
async function setOfRun({ api }: Session, tenant: Tenant, run: string) {
  const { items } = await api.backups.list({ ...tenant.at, run, limit: 1 })
  return items[0]
}
