import { countOf } from '#contract/moments.ts'
import type { RetentionSettings } from '#domain/retention/retention-settings.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'

/** Prints how long a workspace keeps things. */
export async function printRetention(cli: Cli, settings: RetentionSettings): Promise<void> {
  const { runsDays, auditDays, backupsKeepLast, backupsKeepDays } = settings
  await cli.printer.detail({
    document: { runsDays, auditDays, backupsKeepLast, backupsKeepDays },
    facts: [
      ['Runs', countOf(runsDays, 'day')],
      ['Audit entries', countOf(auditDays, 'day')],
      ['Backups', backupWords(settings)],
    ],
  })
}

function backupWords({ backupsKeepLast, backupsKeepDays }: RetentionSettings): string {
  const rules = [
    ...(backupsKeepLast === null ? [] : [`the newest ${backupsKeepLast}`]),
    ...(backupsKeepDays === null ? [] : [`those of the last ${countOf(backupsKeepDays, 'day')}`]),
  ]
  if (rules.length === 0) return 'all, for ever; limit it with `tenantatlas retention set --backups-keep-last 30`'
  return `${rules.join(' and ')}; pinned ones always`
}
