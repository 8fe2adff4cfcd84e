import { badgeOf } from '#contract/badges.ts'
import type { RestoreDetailDocument, RestoreItemDocument } from '#contract/api/restores.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { diffLine } from '#entrypoints/cli/output/diff-line.ts'
import { csvOf } from '#entrypoints/cli/output/print.ts'
import type { Printer } from '#entrypoints/cli/output/print.ts'
import { approvalWords } from '#entrypoints/cli/restores/approval-words.ts'
import { planWords, restoreItemColumns, sourceWords } from '#entrypoints/cli/restores/restore-columns.ts'

/** Prints a plan and what became of it: to people, what is equal already is only counted. */
export async function printRestore(cli: Cli, restore: RestoreDetailDocument): Promise<void> {
  await cli.printer.detail({
    document: restore,
    facts: [
      ['Restore', restore.id],
      ['State', badgeOf('restoreState', restore.state)],
      ['From', sourceWords(restore)],
      ['Mode', restore.mode],
      ['Plan', planWords(restore)],
      ['Planned', `${ago(restore.createdAt)} by ${restore.createdBy}`],
      ...factOf('Approval', approvalWords(restore)),
      ...(restore.confirmedBy === null
        ? []
        : [['Confirmed', `${ago(restore.confirmedAt)} by ${restore.confirmedBy}`] as const]),
    ],
    below: (printer) => {
      printChecks(cli, printer, restore)
      printItems(cli, printer, restore)
    },
    csv: () => csvOf(restoreItemColumns, restore.items),
  })
}

function factOf(name: string, words: string | undefined): (readonly [string, string])[] {
  return words === undefined ? [] : [[name, words]]
}

function printChecks(cli: Cli, printer: Printer, { checks }: RestoreDetailDocument): void {
  if (checks.length > 0) printer.text('')
  for (const { severity, message } of checks)
    printer.text(`${cli.terminal.onData.badge(badgeOf('severity', severity))}: ${message}`)
}

function printItems(cli: Cli, printer: Printer, { items, planHash }: RestoreDetailDocument): void {
  for (const item of items.filter(({ plan }) => plan !== 'no_change')) {
    printer.text(`\n${cli.terminal.onData.paint('bold', item.name)} (${item.typeLabel}) ${stateWords(cli, item)}`)
    for (const line of item.diff) printer.text(diffLine(cli, line))
    if (item.message !== null) printer.text(`  ${item.message}`)
  }
  if (planHash !== null) printer.text(`\nPlan ${planHash.slice(0, 12)}`)
}

function stateWords(cli: Cli, { plan, state, recovered }: RestoreItemDocument): string {
  if (plan === 'write' && state === 'planned') return ''
  return `${cli.terminal.onData.badge(badgeOf('restoreItemState', state))}${recovered ? ' (found so after an interruption)' : ''}`
}
