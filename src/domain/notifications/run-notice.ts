/** How an ended run is told, in the same words everywhere: in the product, by e-mail, in Teams. */
import type { Notice } from '#domain/notifications/notice.ts'
import type { FailureLine } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { isReason, reasons } from '#foundation/kernel/reasons.ts'

const mostProblems = 5

/** The words for a run that has ended. Never who started it: that is nobody's business outside. */
export function runNotice(run: Pick<RunView, 'label' | 'tenant' | 'outcome' | 'counts' | 'failures'>): Notice {
  const { label, tenant, outcome, counts, failures } = run
  const shown = failures.slice(0, mostProblems)
  const left = failures.length - shown.length
  return {
    title: `${label}${tenant === null ? '' : ` of "${tenant.name}"`} ${verbs[outcome]}`,
    body: countsInWords(counts),
    problems: [...shown.map(problemOf), ...(left > 0 ? [`And ${left} more.`] : [])],
    next: [...new Set(failures.flatMap(nextOf))],
    tone: outcome === 'succeeded' ? 'good' : 'bad',
  }
}

const verbs = {
  pending: 'has not ended',
  succeeded: 'succeeded',
  partially_succeeded: 'succeeded in part',
  failed: 'failed',
  blocked: 'is blocked',
  cancelled: 'was cancelled',
} as const satisfies Record<RunView['outcome'], string>

function countsInWords({ total = 0, processed = 0, failed = 0, skipped = 0 }: RunView['counts']): string {
  if (total === 0) return ''
  const items = `${number(processed)} of ${number(total)} ${total === 1 ? 'item' : 'items'}`
  const rest = [
    ...(failed > 0 ? [`${number(failed)} failed`] : []),
    ...(skipped > 0 ? [`${number(skipped)} skipped`] : []),
  ]
  return [items, ...rest].join(', ')
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function problemOf({ message, count }: FailureLine): string {
  return count > 1 ? `${message} (${number(count)} times)` : message
}

function nextOf({ reason }: FailureLine): string[] {
  return isReason(reason) && reason !== 'ok' ? [reasons[reason].next] : []
}
