import { badgeOf, runBadge } from '#contract/badges.ts'
import { countWords, orderedCounts } from '#contract/counts.ts'
import { clockTime, durationWords } from '#contract/moments.ts'
import { isReason, reasons } from '#foundation/kernel/reasons.ts'
import { freshnessReasons } from '#domain/operations/freshness.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { iso } from '#entrypoints/cli/documents.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Fact } from '#entrypoints/cli/output/print.ts'
import type { Cell, Column } from '#entrypoints/cli/output/table.ts'

/** A run as `-o json` shows it. */
export interface RunDocument {
  readonly id: string
  readonly type: string
  readonly label: string
  readonly tenant: { readonly id: string; readonly name: string } | null
  readonly status: string
  readonly outcome: string
  readonly counts: Readonly<Record<string, number>>
  readonly failures: readonly FailureDocument[]
  readonly progress: { readonly processed: number; readonly total: number; readonly step: string } | null
  readonly attempts: number
  readonly initiator: string
  readonly trigger: string
  readonly context: Readonly<Record<string, unknown>>
  readonly createdAt: string
  readonly startedAt: string | null
  readonly completedAt: string | null
  /** When the same operation can run again, while it cannot. */
  readonly retryAt: string | null
  /** `fresh`, `late` or `stuck` while it has not ended, and why it is not fresh. */
  readonly freshness: string | null
  readonly freshnessReason: string | null
  /** Somebody wants it to wait. */
  readonly held: { readonly what: string; readonly by: string; readonly reason: string } | null
  /** Until when Microsoft Graph asked its tenant to wait. */
  readonly throttledUntil: string | null
}

export interface FailureDocument {
  readonly code: string
  readonly reason: string
  readonly message: string
  readonly count: number
  /** One of the items it concerns. */
  readonly sample: string | null
  readonly next: string | null
}

export function runDocument(run: RunView): RunDocument {
  return {
    id: run.id,
    type: run.type,
    label: run.label,
    tenant: run.tenant && { id: run.tenant.ref, name: run.tenant.name },
    status: run.status,
    outcome: run.outcome,
    counts: Object.fromEntries(orderedCounts(run.counts)),
    failures: run.failures.map(({ code, reason, message, count, sample = null }) => ({
      code,
      reason,
      message,
      count,
      sample,
      next: nextOf(reason),
    })),
    progress: run.progress && { processed: run.progress.processed, total: run.progress.total, step: run.progress.step },
    attempts: run.attempts,
    initiator: run.initiator.name,
    trigger: run.trigger,
    context: run.context,
    createdAt: run.createdAt.toISOString(),
    startedAt: iso(run.startedAt),
    completedAt: iso(run.completedAt),
    retryAt: iso(run.retryAt),
    freshness: run.freshness?.state ?? null,
    freshnessReason: reasonOf(run.freshness),
    held: run.held && { what: run.held.what, by: run.held.by, reason: run.held.reason },
    throttledUntil: iso(run.throttledUntil),
  }
}

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
export async function printRun(cli: Cli, run: RunView): Promise<void> {
  const document = runDocument(run)
  await cli.printer.detail({
    document,
    facts: runFacts(document),
    below: (printer) => {
      if (document.failures.length > 0) printer.text('')
      for (const failure of document.failures) printFailure(printer, failure)
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

function reasonOf(freshness: RunView['freshness']): string | null {
  return freshness === null || freshness.state === 'fresh' ? null : freshnessReasons[freshness.why]
}

function printFailure(printer: { text(line: string): void }, { message, count, next }: FailureDocument): void {
  printer.text(`- ${message}${count > 1 ? ` (${count} times)` : ''}`)
  if (next !== null) printer.text(`  ${next}`)
}

function countsNow(run: RunDocument): string {
  if (run.status === 'completed') return countWords(run.counts)
  return run.progress === null ? '' : countWords({ total: run.progress.total, processed: run.progress.processed })
}

function tookWords({ startedAt, completedAt }: RunDocument): string {
  if (startedAt === null) return ''
  const end = completedAt === null ? Date.now() : Date.parse(completedAt)
  return durationWords(end - Date.parse(startedAt))
}

function nextOf(reason: string): string | null {
  return isReason(reason) ? reasons[reason].next : null
}
