import type { RetentionDocument } from '#contract/api/retention.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { wholeNumberOption } from '#entrypoints/cli/options.ts'
import { printRetention } from '#entrypoints/cli/print-retention.ts'
import { readForChange } from '#entrypoints/cli/server/read-for-change.ts'
import { openSession } from '#entrypoints/cli/session.ts'

type Rule = keyof RetentionDocument
type Options = Partial<Record<Rule, string>>
type Changes = { -readonly [Name in Rule]?: RetentionDocument[Name] }

const flags = {
  runsDays: '--runs-days',
  auditDays: '--audit-days',
  backupsKeepLast: '--backups-keep-last',
  backupsKeepDays: '--backups-keep-days',
} as const satisfies Record<Rule, string>

export const retentionSet: Command<Options> = async (cli, _args, options) => {
  const changes = changesOf(options)
  if (Object.keys(changes).length === 0)
    throw new Failure('invalid_input', `Say what to change: ${Object.values(flags).join(', ')}.`)
  const { api, at } = await openSession(cli)
  const { ifUnchanged } = await readForChange((read) => api.retention.show(at, read))
  await printRetention(cli, await api.retention.change({ ...at, ...changes }, ifUnchanged))
}

function changesOf({ runsDays, auditDays, backupsKeepLast, backupsKeepDays }: Options): Changes {
  return {
    ...(runsDays !== undefined && { runsDays: wholeNumberOption(runsDays, flags.runsDays) }),
    ...(auditDays !== undefined && { auditDays: wholeNumberOption(auditDays, flags.auditDays) }),
    ...(backupsKeepLast !== undefined && { backupsKeepLast: countOrNone(backupsKeepLast, flags.backupsKeepLast) }),
    ...(backupsKeepDays !== undefined && { backupsKeepDays: countOrNone(backupsKeepDays, flags.backupsKeepDays) }),
  }
}

function countOrNone(text: string, flag: string): number | null {
  return text === 'none' ? null : wholeNumberOption(text, flag)
}
