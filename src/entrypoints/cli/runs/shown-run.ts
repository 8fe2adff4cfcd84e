import { badgeOf } from '#contract/badges.ts'
import { groupFailures } from '#contract/failures.ts'
import { clockSeconds } from '#contract/moments.ts'
import { tellEntry } from '#contract/timeline.ts'
import { isRetriable } from '#domain/operations/retry-run.ts'
import type { TimelineEntry } from '#domain/operations/run-timeline.ts'
import type { ShownRun } from '#domain/operations/show-run.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { timelineDocument } from '#entrypoints/documents/timeline-document.ts'
import type { Printer } from '#entrypoints/cli/output/print.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { runDocument } from '#entrypoints/documents/run-document.ts'
import { runFacts } from '#entrypoints/cli/runs/print-run.ts'
import type { FailureDocument } from '#entrypoints/documents/run-document.ts'
import type { RunItemDocument } from '#entrypoints/documents/run-item-document.ts'
import { runLinks } from '#entrypoints/cli/runs/run-links.ts'

/** Prints one run whole: how it stands, what happened, what failed with what to do, and its items where they are given. */
export async function printShownRun(cli: Cli, shown: ShownRun, items?: readonly RunItemDocument[]): Promise<void> {
  const { run, timeline } = shown
  const document = runDocument(run)
  const links = runLinks(run)
  await cli.printer.detail({
    document: {
      ...document,
      links,
      failureGroups: groupFailures(document.failures).map(({ reason, count, next }) => ({ reason, count, next })),
      timeline: timeline.map(timelineDocument),
      ...(items !== undefined && { items }),
    },
    facts: [...runFacts(document), ...links.map(({ what, command }) => [what, command] as const)],
    below: (printer) => {
      printTimeline(printer, timeline)
      printFailures(printer, document.failures)
      printer.section('Items', itemColumns, items ?? [])
    },
  })
  if (cli.printer.isForPeople && isRetriable(run)) cli.terminal.say(`Try again: tenantatlas run retry ${run.id}`)
}

function printTimeline(printer: Printer, timeline: readonly TimelineEntry[]): void {
  const now = new Date()
  printer.heading('Timeline')
  for (const entry of timeline) {
    const when = clockSeconds(entry.at, now)
    const { what, more } = tellEntry(entry, now)
    printer.text(`${when}  ${what}`)
    if (more !== null) printer.text(`${' '.repeat(when.length)}  ${more}`)
  }
}

/** What failed, by reason: what to do about it is said once. */
export function printFailures(printer: Printer, failures: readonly FailureDocument[]): void {
  if (failures.length === 0) return
  printer.heading('What failed')
  for (const { lines, next } of groupFailures(failures)) {
    for (const { message, count, sample } of lines) {
      const times =
        count > 1 ? ` (${count.toLocaleString('en-US')} times${sample === null ? '' : `, e.g. ${sample}`})` : ''
      printer.text(`- ${message}${times}`)
    }
    if (next !== null) printer.text(`  → ${next}`)
  }
}

const itemColumns: readonly Column<RunItemDocument>[] = [
  { key: 'label', header: 'ITEM', cell: (item) => item.label ?? item.key },
  { key: 'outcome', header: 'OUTCOME', keepsWidth: true, cell: (item) => badgeOf('runItemOutcome', item.outcome) },
  { key: 'message', header: 'MESSAGE', cell: (item) => item.failure?.message ?? '' },
]
