import { changeRetention } from '#domain/retention/change-retention.ts'
import { retentionLimits, type RetentionSettings } from '#domain/retention/retention-settings.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { printRetention } from '#entrypoints/cli/print-retention.ts'
import { openSession } from '#entrypoints/cli/session.ts'

type Options = Partial<Record<keyof RetentionSettings, string>>

const flags = {
  runsDays: '--runs-days',
  auditDays: '--audit-days',
  backupsKeepLast: '--backups-keep-last',
  backupsKeepDays: '--backups-keep-days',
} as const satisfies Record<keyof RetentionSettings, string>

export const retentionSet: Command<Options> = async (cli, _args, options) => {
  const changes = changesOf(options)
  if (Object.keys(changes).length === 0)
    throw new Failure('invalid_input', `Say what to change: ${Object.values(flags).join(', ')}.`)
  await using session = await openSession(cli)
  await printRetention(cli, await changeRetention(session.product.db, session.ctx, changes))
}

function changesOf(options: Options): Partial<RetentionSettings> {
  const names = Object.keys(flags) as (keyof RetentionSettings)[]
  const given = names.flatMap((name) => (options[name] === undefined ? [] : [[name, valueOf(name, options[name])]]))
  return Object.fromEntries(given) as Partial<RetentionSettings>
}

function valueOf(name: keyof RetentionSettings, text: string): number | null {
  if (text === 'none' && name !== 'runsDays' && name !== 'auditDays') return null
  return countOption(text, flags[name], { ...retentionLimits[name], default: retentionLimits[name].min })
}
