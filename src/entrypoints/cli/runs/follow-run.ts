import { runBadge } from '#contract/badges.ts'
import { countWords } from '#contract/counts.ts'
import { durationWords } from '#contract/moments.ts'
import type { FailureLine } from '#domain/operations/operation.ts'
import { listWorkers } from '#domain/operations/list-workers.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { watchRun } from '#domain/operations/watch-run.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli, Product } from '#entrypoints/cli/cli.ts'
import { progressLine, progressSentence } from '#entrypoints/cli/output/progress-line.ts'
import type { ProgressState } from '#entrypoints/cli/output/progress-line.ts'
import { exitOf } from '#entrypoints/cli/output/say-failure.ts'

const sentenceEveryMs = 5000
const noWorkerAfterMs = 3000
const shownFailures = 5

/**
 * Follows a run until it ends and resolves to how it ended; undefined when the person stopped following with Ctrl-C,
 * which leaves the run alone.
 */
export async function followRun(
  cli: Cli,
  product: Product,
  ctx: WorkspaceContext,
  runId: RunId,
): Promise<RunView | undefined> {
  const reporter = createReporter(cli)
  const warning = setTimeout(() => void warnWithoutWorker(cli, product), noWorkerAfterMs)
  let seen: RunView | undefined
  try {
    for await (const run of watchRun(product.database, ctx, runId, { signal: cli.signal, log: product.log })) {
      seen = run
      if (run.status !== 'queued') clearTimeout(warning)
      if (run.status !== 'completed') reporter.show(run)
    }
  } finally {
    clearTimeout(warning)
    cli.terminal.rewrite('')
  }
  if (seen?.status === 'completed') return seen
  sayDetached(cli, runId)
  return undefined
}

async function warnWithoutWorker({ terminal }: Cli, { db }: Product): Promise<void> {
  const workers = await listWorkers(db).catch(() => undefined)
  if (workers?.length === 0) terminal.say('No worker is running, so this run waits; start one with `tenantatlas work`.')
}

/** Says how a run ended and what to do about what failed; returns the exit code. */
export function sayEnded(cli: Cli, run: RunView): number {
  const { terminal } = cli
  const took =
    run.startedAt === null || run.completedAt === null
      ? ''
      : ` in ${durationWords(run.completedAt.getTime() - run.startedAt.getTime())}`
  const of = run.tenant === null ? '' : ` of "${run.tenant.name}"`
  const counts = countWords(run.counts)
  terminal.say(
    `${run.label}${of}: ${terminal.onMessages.badge(runBadge(run))}${took}${counts === '' ? '' : ` · ${counts}`}`,
  )
  for (const line of failureLines(run.failures)) terminal.say(`  ${line}`)
  if (run.failures.length > 0) terminal.say(`Details: tenantatlas run show ${run.id}`)
  return exitCodeOf(run)
}

/** The first failures, and how many more there are. */
export function failureLines(failures: readonly Pick<FailureLine, 'message' | 'count'>[]): string[] {
  const lines = failures
    .slice(0, shownFailures)
    .map(({ message, count }) => `- ${message}${count > 1 ? ` (${count} times)` : ''}`)
  const more = failures.length - lines.length
  return more > 0 ? [...lines, `… and ${more} more`] : lines
}

/** The exit code of an ended run: partial success is not success. */
export function exitCodeOf(run: Pick<RunView, 'outcome' | 'failures'>): number {
  if (run.outcome === 'succeeded') return exitCodes.ok
  if (run.outcome === 'partially_succeeded') return exitCodes.partial
  const [first] = run.failures
  return run.outcome === 'cancelled' || first === undefined ? exitCodes.failed : exitOf(first.reason)
}

function createReporter({ terminal }: Cli): { show(run: RunView): void } {
  let saidAt = Number.NEGATIVE_INFINITY
  let said = ''
  return {
    show(run) {
      const state = progressOf(run)
      if (terminal.isInteractive) return terminal.rewrite(progressLine(state, terminal.messageWidth))
      const sentence = progressSentence(state)
      if (sentence === said || Date.now() - saidAt < sentenceEveryMs) return
      said = sentence
      saidAt = Date.now()
      terminal.say(sentence)
    },
  }
}

function progressOf(run: RunView): ProgressState {
  const { processed = 0, total = 0, step = '' } = run.progress ?? {}
  const label = run.tenant === null ? run.label : `${run.label} of ${run.tenant.name}`
  const elapsedMs = run.startedAt === null ? undefined : Date.now() - run.startedAt.getTime()
  const status = run.isCancelRequested ? 'Cancelling' : runBadge(run).word
  return { label, status, processed, total, step: run.isCancelRequested ? 'cancelling' : step, elapsedMs }
}

function sayDetached({ terminal }: Cli, id: RunId): void {
  terminal.say('No longer following; the run goes on.')
  terminal.say(`Follow: tenantatlas run watch ${id}`)
  terminal.say(`Cancel: tenantatlas run cancel ${id}`)
}
