import { badgeOf } from '#contract/badges.ts'
import { groupFailures } from '#contract/failures.ts'
import { clockSeconds } from '#contract/moments.ts'
import { tellEntry } from '#contract/timeline.ts'
import type { ToldEntry } from '#contract/timeline.ts'
import type { RunDocument, RunFailure, RunItemDocument, RunTimelineEntry } from '#contract/api/runs.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import type { Printer } from '#entrypoints/cli/output/print.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { runFacts } from '#entrypoints/cli/runs/print-run.ts'
import { runLinks } from '#entrypoints/cli/runs/run-links.ts'

/** Prints one run whole: how it stands, what happened, what failed with what to do, and its items where they are given. */
export async function printShownRun(
  cli: Cli,
  { timeline, ...run }: RunDocument & { readonly timeline: readonly RunTimelineEntry[] },
  items?: readonly RunItemDocument[],
): Promise<void> {
  const links = runLinks(run)
  await cli.printer.detail({
    document: {
      ...run,
      links,
      failureGroups: groupFailures(run.failures).map(({ reason, count, next }) => ({ reason, count, next })),
      timeline,
      ...(items !== undefined && { items }),
    },
    facts: [...runFacts(run), ...links.map(({ what, command }) => [what, command] as const)],
    below: (printer) => {
      printTimeline(printer, timeline)
      printFailures(printer, run.failures)
      printer.section('Items', itemColumns, items ?? [])
    },
  })
  if (cli.printer.isForPeople && run.isRetriable) cli.terminal.say(`Try again: tenantatlas run retry ${run.id}`)
}

function printTimeline(printer: Printer, timeline: readonly RunTimelineEntry[]): void {
  const now = new Date()
  printer.heading('Timeline')
  for (const entry of timeline) {
    const when = clockSeconds(new Date(entry.at), now)
    const { what, more } = tellEntry(toldEntry(entry), now)
    printer.text(`${when}  ${what}`)
    if (more !== null) printer.text(`${' '.repeat(when.length)}  ${more}`)
  }
}

function toldEntry(entry: RunTimelineEntry): ToldEntry {
  const at = new Date(entry.at)
  if (entry.kind !== 'attempt') return { ...entry, at }
  const { endedAt, nextAt } = entry
  return {
    ...entry,
    at,
    endedAt: endedAt === null ? null : new Date(endedAt),
    nextAt: nextAt === null ? null : new Date(nextAt),
  }
}

/** What failed, by reason: what to do about it is said once. */
export function printFailures(printer: Printer, failures: readonly RunFailure[]): void {
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
