import { badgeOf } from '#contract/badges.ts'
import { countOf } from '#contract/moments.ts'
import type { BackupDiffDocument, DifferenceDocument } from '#contract/api/backups.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { diffLine } from '#entrypoints/cli/output/diff-line.ts'
import { csvOf } from '#entrypoints/cli/output/print.ts'
import type { Printer } from '#entrypoints/cli/output/print.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { oneLine } from '#entrypoints/cli/output/text-width.ts'

const columns: readonly Column<DifferenceDocument>[] = [
  { key: 'name', header: 'POLICY', cell: (difference) => difference.name },
  { key: 'type', header: 'TYPE', cell: (difference) => difference.type },
  { key: 'state', header: 'STATE', cell: (difference) => difference.state },
  {
    key: 'lines',
    header: 'DIFFERENCE',
    cell: ({ lines }) => lines.map(({ kind, text }) => `${kind}: ${text}`).join('; '),
  },
]

/**
 * Prints what happened since a backup; returns the exit code: with `--exit-code`, what is unknown is not taken for equal.
 */
export async function printBackupDiff(
  cli: Cli,
  document: BackupDiffDocument,
  options: { exitCode?: true | undefined },
): Promise<number> {
  const { differences } = document
  const count = (state: string) => differences.filter((difference) => difference.state === state).length
  await cli.printer.detail({
    document,
    facts: [
      ['Backup set', document.backupSetId],
      ['Compared', `${countOf(document.compared, 'policy', 'policies')} with what was last observed`],
      ['Changed', String(count('changed'))],
      ['Deleted', String(count('deleted'))],
      ['New', String(count('new'))],
      ...(count('unknown') === 0 ? [] : [['Unknown', String(count('unknown'))] as const]),
    ],
    below: (printer) => {
      for (const difference of differences.filter(({ state }) => state !== 'unknown')) {
        printer.text(`\n${heading(cli, difference)}`)
        for (const line of difference.lines) printer.text(diffLine(cli, line))
      }
      printUnknown(cli, printer, differences)
    },
    csv: () => csvOf(columns, differences),
  })
  if (!options.exitCode || differences.length === 0) return exitCodes.ok
  return count('unknown') < differences.length ? exitCodes.differences : exitCodes.partial
}

const namesShown = 5

/** What could not be compared, by the reason: often one reason stands for hundreds. */
function printUnknown(cli: Cli, printer: Printer, differences: readonly DifferenceDocument[]): void {
  const unknown = differences.filter(({ state }) => state === 'unknown')
  for (const [problem, alike] of Map.groupBy(unknown, (difference) => difference.problem ?? '')) {
    const names = alike.slice(0, namesShown).map(({ name }) => oneLine(name))
    const others = alike.length > names.length ? ` and ${alike.length - names.length} more` : ''
    const badge = cli.terminal.onData.badge(badgeOf('differenceState', 'unknown'))
    printer.text(`\n${badge}: ${countOf(alike.length, 'policy', 'policies')}. ${problem}`)
    printer.text(`  ${names.join(', ')}${others}`)
  }
}

function heading({ terminal }: Cli, { name, typeLabel, state, since }: DifferenceDocument): string {
  const when = since === null ? '' : ` ${ago(since)}`
  return `${terminal.onData.paint('bold', name)} (${typeLabel}) ${terminal.onData.badge(badgeOf('differenceState', state))}${when}`
}
