/** I1: every acknowledged start is one run, which ends once, as it must, and goes on soon when its worker is lost. */
import type { Evidence, Expected, RunRow } from './evidence.ts'

export function endedBadly({ answers, expected, ledger, unsure }: Evidence): string[] {
  const known = new Set([...answers.map(({ runId }) => runId), ...expected.map(({ id }) => id)])
  const ended = new Set(ledger.runs.filter(({ outcome }) => outcome !== 'pending').map(({ id }) => id))
  const foreign = ledger.runs.filter(({ id }) => !known.has(id))
  return [
    ...expected.flatMap((one) => endedOtherwise(one, ledger.runs)),
    ...foreign.slice(unsure).map(({ type }) => `a ${type} run that nobody started`),
    ...foreign
      .filter(({ id }) => !ended.has(id))
      .map(({ type }) => `a ${type} run that nobody was told of never ended`),
    ...ledger.liveRuns.filter(({ run_id }) => ended.has(run_id)).map(() => 'a run that ended is still in the queue'),
  ]
}

function endedOtherwise({ id, outcomes, failureCode }: Expected, runs: readonly RunRow[]): string[] {
  const [run, ...others] = runs.filter((one) => one.id === id)
  if (run === undefined || others.length > 0) return [`a run is there ${run ? 'more than once' : 'no more'}`]
  if (run.outcome === 'pending' || run.completed_at === null) return [`a ${run.type} run never ended`]
  if (!outcomes.includes(run.outcome)) return [`a ${run.type} run ended ${run.outcome}, not ${outcomes.join(' or ')}`]
  const isNamed = failureCode === undefined || run.failure_summary.some(({ code }) => code === failureCode)
  return isNamed ? [] : [`a ${run.type} run failed without ${failureCode}`]
}

/** Starts that are the same are answered with the same run; others with others; and each run is there. */
export function badStarts({ answers, ledger }: Evidence): string[] {
  const byStart = Map.groupBy(answers, ({ start }) => start)
  const byRun = Map.groupBy(answers, ({ runId }) => runId)
  const stored = new Set(ledger.runs.map(({ id }) => id))
  return [
    ...[...byStart].flatMap(([start, same]) => {
      const runs = new Set(same.map(({ runId }) => runId))
      return runs.size === 1 ? [] : [`${same.length} starts "${start}" were answered with ${runs.size} runs`]
    }),
    ...[...byRun].flatMap(([, same]) => {
      const starts = new Set(same.map(({ start }) => start))
      return starts.size === 1 ? [] : [`one run answers for the starts ${[...starts].join(', ')}`]
    }),
    ...[...byRun.keys()].filter((id) => !stored.has(id)).map(() => 'an acknowledged run is lost'),
  ]
}

const cooldownMs = 15 * 60_000
const coolingOutcomes = ['succeeded', 'partially_succeeded', 'failed']

/** By the specification: a fetch of assignments cools down for 15 minutes, and nothing starts inside. */
export function badCooldowns({ answers, expected, ledger }: Evidence): string[] {
  const passed = new Set(expected.flatMap(({ id, isTimePassed }) => (isTimePassed ? [id] : [])))
  return [
    ...ledger.runs.filter(({ id }) => !passed.has(id)).flatMap((run) => coolsDifferently(run, run.cooldown_until)),
    ...answers.flatMap(({ runId, retryAt }) => {
      const run = ledger.runs.find(({ id }) => id === runId)
      return run === undefined || retryAt === undefined ? [] : coolsDifferently(run, retryAt)
    }),
    ...[...Map.groupBy(ledger.runs, (run) => `${run.tenant_id} ${run.identity}`).values()].flatMap(startedInside),
  ]
}

function coolsDifferently({ type, outcome, completed_at: end }: RunRow, until: Date | null): string[] {
  const shouldCool = type === 'assignments.fetch' && coolingOutcomes.includes(outcome)
  if (!shouldCool) return until === null ? [] : [`a ${type} run that ended ${outcome} cools down`]
  const coolsMs = (until?.getTime() ?? 0) - (end?.getTime() ?? 0)
  return Math.abs(coolsMs - cooldownMs) <= 1 ? [] : [`a ${type} run cools down for ${coolsMs} ms`]
}

/** Of runs that are the same operation, each was created after the one before had ended and cooled down. */
function startedInside(same: readonly RunRow[]): string[] {
  const inOrder = same.toSorted((a, b) => a.created_at.getTime() - b.created_at.getTime())
  return inOrder.flatMap((run, index) => {
    const before = inOrder[index - 1]
    if (before === undefined) return []
    const free = before.cooldown_until ?? before.completed_at
    if (free === null) return [`a ${run.type} run was created while the one before was active`]
    return free <= run.created_at ? [] : [`a ${run.type} run was created inside the cooldown of the one before`]
  })
}

const patienceMs = 5_000

export function resumedLate({ resumedMs, leaseMs }: Evidence): string[] {
  if (resumedMs === undefined || resumedMs <= leaseMs + patienceMs) return []
  return [`the run of the lost worker was resumed after ${resumedMs} ms, with a lease of ${leaseMs} ms`]
}
