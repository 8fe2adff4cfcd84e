import { countOf, durationWords } from '#contract/moments.ts'
import { oneLine, textWidth, truncate } from '#entrypoints/cli/output/text-width.ts'

export interface ProgressState {
  readonly label: string
  readonly status: string
  readonly processed: number
  readonly total: number
  readonly step: string
  /** Since the work began; undefined while it waits. */
  readonly elapsedMs: number | undefined
}

const barWidth = 24

/** One line for a terminal: bar, processed of total, rate, remaining time, step. No wider than `width`. */
export function progressLine(state: ProgressState, width: number): string {
  const { label, status, processed, total, step, elapsedMs } = state
  if (total === 0 || elapsedMs === undefined)
    return truncate(joined([label, step === '' ? status : oneLine(step)]), width - 1)
  const share = Math.min(1, processed / total)
  const filled = Math.round(share * barWidth)
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
  const numbers = `${processed.toLocaleString('en-US')}/${total.toLocaleString('en-US')}`
  const line = joined([
    `${label} ${bar} ${numbers}`,
    rateWords(processed, elapsedMs),
    remainingWords(state),
    oneLine(step),
  ])
  return textWidth(line) < width ? line : truncate(line, width - 1)
}

/** The same for a log or a pipe, without a bar. */
export function progressSentence(state: ProgressState): string {
  const { label, processed, total, step } = state
  const numbers = total === 0 ? '' : `${processed.toLocaleString('en-US')} of ${countOf(total, 'item')}`
  return joined([label, numbers, oneLine(step)])
}

function rateWords(processed: number, elapsedMs: number): string {
  const perSecond = processed / Math.max(elapsedMs / 1000, 0.001)
  return processed === 0
    ? ''
    : `${perSecond >= 10 ? Math.round(perSecond).toLocaleString('en-US') : perSecond.toFixed(1)}/s`
}

function remainingWords({ processed, total, elapsedMs = 0 }: ProgressState): string {
  // The first seconds, and the first few of many, say nothing about the rest.
  if (processed < total / 20 || processed === 0 || processed >= total || elapsedMs < 2000) return ''
  return `${durationWords((elapsedMs / processed) * (total - processed))} left`
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ')
}
