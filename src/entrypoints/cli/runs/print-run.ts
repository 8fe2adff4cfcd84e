import { badgeOf, runBadge } from '#contract/badges.ts'
import { countWords } from '#contract/counts.ts'
import { clockTime, durationWords } from '#contract/moments.ts'
import type { RunDocument, RunFailure } from '#contract/api/runs.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Fact } from '#entrypoints/cli/output/print.ts'
import type { Cell, Column } from '#entrypoints/cli/output/table.ts'

export const runColumns: readonly Column<RunDocument>[] = [
  { key: 'label', header: 'OPERATION', cell: (run) => run.label, csv: (run) => run.type },
  { key: 'tenant', header: 'TENANT', cell: (run) => run.tenant?.name ?? '' },
  {
    key: 'outcome',
    header: 'STATUS',
    keepsWidth: true,
    cell: runBadge,
    csv: (run) => (run.status === 'completed' ? run.outcome : run.status),
  },
  { key: 'freshness', header: 'LATE', keepsWidth: true, cell: freshnessCell, csv: (run) => run.freshness ?? '' },
  { key: 'counts', header: 'COUNTS', isMinor: true, cell: (run) => countsNow(run) },
  {
    key: 'createdAt',
    header: 'STARTED',
    isMinor: true,
    cell: (run) => ago(run.createdAt),
    csv: (run) => run.createdAt,
  },
  { key: 'duration', header: 'TOOK', align: 'right', isMinor: true, cell: (run) => tookWords(run) },
  { key: 'initiator', header: 'BY', isMinor: true, cell: (run) => run.initiator },
  { key: 'id', header: 'ID', isId: true, cell: (run) => run.id },
]

/** Prints one run as it stands: badges, counts, each failure with what to do next. `run show` says more. */
export async function printRun(cli: Cli, run: RunDocument): Promise<void> {
  await cli.printer.detail({
    document: run,
    facts: runFacts(run),
    below: (printer) => {
      if (run.failures.length > 0) printer.text('')
      for (const failure of run.failures) printFailure(printer, failure)
    },
  })
}

/** How a run stands, as facts for people. */
export function runFacts(run: RunDocument): Fact[] {
  const now = new Date()
  return [
    ['Run', run.id],
    ['Operation', run.label],
    ...(run.tenant === null ? [] : [['Tenant', run.tenant.name] as const]),
    ['Status', runBadge(run)],
    ...freshnessFact(run),
    ...waitFacts(run, now),
    ['Counts', countsNow(run) || '–'],
    ['Started', `${ago(run.createdAt)} by ${run.initiator}`],
    ['Took', tookWords(run) || '–'],
    ...(run.attempts > 1 ? [['Attempts', String(run.attempts)] as const] : []),
    ...(run.retryAt === null ? [] : [[againWords(run), clockTime(new Date(run.retryAt), now)] as const]),
  ]
}

function againWords({ status }: RunDocument): string {
  return status === 'completed' ? 'Can run again' : 'Tried again'
}

function freshnessFact({ freshness, freshnessReason }: RunDocument): Fact[] {
  if (freshness === null || freshnessReason === null) return []
  const { word, tone } = badgeOf('runFreshness', freshness)
  return [['Freshness', { word: `${word}: ${freshnessReason}`, tone }]]
}

function waitFacts({ held, throttledUntil }: RunDocument, now: Date): Fact[] {
  return [
    ...(held === null ? [] : [['Held back', `the ${held.what} is paused by ${held.by}: ${held.reason}`] as const]),
    ...(throttledUntil === null
      ? []
      : [['Waits', `Microsoft Graph asked to wait until ${clockTime(new Date(throttledUntil), now)}`] as const]),
  ]
}

function freshnessCell({ freshness }: RunDocument): Cell {
  return freshness === null || freshness === 'fresh' ? '' : badgeOf('runFreshness', freshness)
}

function printFailure(printer: { text(line: string): void }, { message, count, next }: RunFailure): void {
  printer.text(`- ${message}${count > 1 ? ` (${count} times)` : ''}`)
  if (next !== null) printer.text(`  ${next}`)
}

function countsNow(run: RunDocument): string {
  if (run.status === 'completed') return countWords(run.counts)
  return run.progress === null ? '' : countWords({ total: run.progress.total ?? 0, processed: run.progress.processed })
}

function tookWords({ startedAt, completedAt }: RunDocument): string {
  if (startedAt === null) return ''
  const end = completedAt === null ? Date.now() : Date.parse(completedAt)
  return durationWords(end - Date.parse(startedAt))
}
