import type { RetentionDocument } from '#contract/api/retention.ts'
import { countOf } from '#contract/moments.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'

/** Prints how long a workspace keeps things. */
export async function printRetention(cli: Cli, document: RetentionDocument): Promise<void> {
  await cli.printer.detail({
    document,
    facts: [
      ['Runs', countOf(document.runsDays, 'day')],
      ['Audit entries', countOf(document.auditDays, 'day')],
      ['Backups', backupWords(document)],
    ],
  })
}

function backupWords({ backupsKeepLast, backupsKeepDays }: RetentionDocument): string {
  const rules = [
    ...(backupsKeepLast === null ? [] : [`the newest ${backupsKeepLast}`]),
    ...(backupsKeepDays === null ? [] : [`those of the last ${countOf(backupsKeepDays, 'day')}`]),
  ]
  if (rules.length === 0) return 'all, for ever; limit it with `tenantatlas retention set --backups-keep-last 30`'
  return `${rules.join(' and ')}; pinned ones always`
}
