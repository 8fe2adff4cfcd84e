import { badgeOf } from '#contract/badges.ts'
import type { BackupDetailDocument } from '#contract/api/backups.ts'
import { completenessColumns, verifiedWords } from '#entrypoints/cli/backups/backup-columns.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import { csvOf } from '#entrypoints/cli/output/print.ts'

/** Prints one backup set; to people, only what is not complete of it is listed type by type. */
export async function printBackup(cli: Cli, backup: BackupDetailDocument): Promise<void> {
  const { policies, unread, foundations } = backup.counts
  await cli.printer.detail({
    document: backup,
    facts: [
      ['Backup set', backup.id],
      ['State', badgeOf('backupState', backup.state)],
      ['Made', `${ago(backup.createdAt)} by ${backup.createdBy}`],
      ['Policies', unread === 0 ? count(policies) : `${count(policies)}, and ${count(unread)} that could not be read`],
      ['Foundations', `${count(foundations)} groups, filters and scope tags`],
      ['Verified', verifiedWords(backup)],
      ...(backup.pinned === null ? [] : [['Pinned', `${ago(backup.pinned.at)} by ${backup.pinned.by}`] as const]),
      ...(backup.note === null ? [] : [['Note', backup.note] as const]),
    ],
    below: (printer) => {
      const lacking = backup.completeness.filter(({ state }) => state === 'partial' || state === 'failed')
      printer.section('Not complete', completenessColumns, lacking)
    },
    csv: () => csvOf(completenessColumns, backup.completeness),
  })
}
