import { runBadge } from '#contract/badges.ts'
import type { RunDocument } from '#contract/api/runs.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { progressLine, progressSentence } from '#entrypoints/cli/output/progress-line.ts'
import type { ProgressState } from '#entrypoints/cli/output/progress-line.ts'

const sentenceEveryMs = 5000

/** Shows how a run goes on: a moving line at a terminal, a sentence now and then elsewhere. */
export function createReporter({ terminal }: Cli): { show(run: RunDocument): void } {
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

function progressOf(run: RunDocument): ProgressState {
  const processed = run.progress?.processed ?? 0
  const total = run.progress?.total ?? 0
  const step = run.progress?.step ?? ''
  const label = run.tenant === null ? run.label : `${run.label} of ${run.tenant.name}`
  const elapsedMs = run.startedAt === null ? undefined : Date.now() - Date.parse(run.startedAt)
  const status = run.cancelRequested ? 'Cancelling' : runBadge(run).word
  return { label, status, processed, total, step: run.cancelRequested ? 'cancelling' : step, elapsedMs }
}
