import { setTimeout as pause } from 'node:timers/promises'
import { runBadge } from '#contract/badges.ts'
import { countWords } from '#contract/counts.ts'
import { durationWords } from '#contract/moments.ts'
import type { RunDocument, RunFailure } from '#contract/api/runs.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { createReporter } from '#entrypoints/cli/runs/report-progress.ts'
import type { Session } from '#entrypoints/cli/session.ts'
import { exitOf } from '#entrypoints/cli/output/say-failure.ts'

const shownFailures = 5
const noWorkerAfterMs = 3000
/** How often a run is looked at: often at first, for what is short. */
const lookEveryMs = { first: 100, most: 1000, growth: 1.5 } as const
/** How long a server that does not answer is waited for, before the person is told how to follow again. */
const patienceMs = 30_000

/**
 * Follows a run until it ends and resolves to how it ended; undefined when the person stopped following with Ctrl-C,
 * which leaves the run alone.
 */
export async function followRun(cli: Cli, session: Session, runId: string): Promise<RunDocument | undefined> {
  const reporter = createReporter(cli)
  const warning = setTimeout(() => void warnWithoutWorker(cli, session), noWorkerAfterMs)
  try {
    for (
      let everyMs: number = lookEveryMs.first;
      ;
      everyMs = Math.min(everyMs * lookEveryMs.growth, lookEveryMs.most)
    ) {
      const run = await lookPatiently(cli, session, runId)
      if (run.status !== 'queued') clearTimeout(warning)
      if (run.status === 'completed') return run
      reporter.show(run)
      await pause(everyMs, undefined, { signal: cli.signal })
    }
  } catch (error) {
    if (!cli.signal.aborted) throw error
    cli.terminal.rewrite('')
    sayDetached(cli, runId)
    return undefined
  } finally {
    clearTimeout(warning)
    cli.terminal.rewrite('')
  }
}

async function warnWithoutWorker({ terminal }: Cli, { api, at }: Session): Promise<void> {
  const queue = await api.queue.show(at).catch(() => undefined)
  if (queue?.hasWorkers === false)
    terminal.say('No worker is running, so this run waits; start one with `tenantatlas work`.')
}

/** A server that is away for a moment, for an update, is no reason to stop following. */
async function lookPatiently(cli: Cli, { api, at }: Session, runId: string): Promise<RunDocument> {
  const since = performance.now()
  for (;;) {
    try {
      const { timeline: _, ...run } = await api.runs.get({ ...at, run: runId })
      return run
    } catch (error) {
      const isAway = error instanceof Failure && error.reason === 'dependency_unreachable'
      if (!isAway || performance.now() - since > patienceMs) throw error
      await pause(lookEveryMs.most, undefined, { signal: cli.signal })
    }
  }
}

/** Says how a run ended and what to do about what failed; returns the exit code. */
export function sayEnded(cli: Cli, run: RunDocument): number {
  const { terminal } = cli
  const took =
    run.startedAt === null || run.completedAt === null
      ? ''
      : ` in ${durationWords(Date.parse(run.completedAt) - Date.parse(run.startedAt))}`
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
export function failureLines(failures: readonly Pick<RunFailure, 'message' | 'count'>[]): string[] {
  const lines = failures
    .slice(0, shownFailures)
    .map(({ message, count }) => `- ${message}${count > 1 ? ` (${count} times)` : ''}`)
  const more = failures.length - lines.length
  return more > 0 ? [...lines, `… and ${more} more`] : lines
}

/** The exit code of an ended run: partial success is not success. */
export function exitCodeOf(run: Pick<RunDocument, 'outcome' | 'failures'>): number {
  if (run.outcome === 'succeeded') return exitCodes.ok
  if (run.outcome === 'partially_succeeded') return exitCodes.partial
  const [first] = run.failures
  return run.outcome === 'cancelled' || first === undefined ? exitCodes.failed : exitOf(first.reason)
}

function sayDetached({ terminal }: Cli, id: string): void {
  terminal.say('No longer following; the run goes on.')
  terminal.say(`Follow: tenantatlas run watch ${id}`)
  terminal.say(`Cancel: tenantatlas run cancel ${id}`)
}
