import { countOf } from '#contract/moments.ts'
import type { RetentionSettings } from '#domain/retention/retention-settings.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { retentionDocument } from '#entrypoints/documents/retention-document.ts'

/** Prints how long a workspace keeps things. */
export async function printRetention(cli: Cli, settings: RetentionSettings): Promise<void> {
  const document = retentionDocument(settings)
  await cli.printer.detail({
    document,
    facts: [
      ['Runs', countOf(settings.runsDays, 'day')],
      ['Audit entries', countOf(settings.auditDays, 'day')],
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
