/** I1, I4, I5, I7 and S1: how runs and processes ended, by the rows of the ledger and the audit. */
import { badExit, badStop } from '../exits.ts'
import { breaches } from '../violation.ts'
import type { Violation } from '../violation.ts'
import type { Evidence, RunRow } from './evidence.ts'

export function checkRuns(evidence: Evidence): Violation[] {
  return [
    ...breaches('I1', [...notEndedOnce(evidence), ...openItems(evidence)]),
    ...breaches('I4', [
      ...evidence.ledger.runs.flatMap((run) => countsDiffer(run, evidence)),
      ...restoreDiffers(evidence),
      ...previewDiffers(evidence),
    ]),
    ...breaches('I5', [...endEntries(evidence), ...writeEntries(evidence)]),
    ...breaches('I7', notServing(evidence)),
    ...breaches('S1', badStop(evidence.stop)),
  ]
}

function notEndedOnce({ acknowledged, ledger }: Evidence): string[] {
  const started = new Set(acknowledged.map(({ id }) => id))
  return [
    ...acknowledged.flatMap(({ id, act, outcome }) => {
      const [run, ...others] = ledger.runs.filter((one) => one.id === id)
      if (run === undefined || others.length > 0)
        return [`the ${act} run is there ${run ? 'more than once' : 'no more'}`]
      if (run.outcome === 'pending' || run.completed_at === null) return [`the ${act} run never ended`]
      return run.outcome === outcome ? [] : [`the ${act} run ended ${run.outcome}`]
    }),
    ...ledger.runs.filter(({ id }) => !started.has(id)).map(({ type }) => `a ${type} run that nobody started`),
    ...ledger.liveRuns
      .filter(({ run_id }) => ledger.runs.some(({ id, outcome }) => id === run_id && outcome !== 'pending'))
      .map(() => 'a run that ended is still in the queue'),
  ]
}

const settled = ['verified', 'no_change', 'conflict', 'failed', 'unknown', 'awaiting_approval', 'skipped']

function openItems({ ledger, policies }: Evidence): string[] {
  const { restoreItems } = ledger
  return [
    ...restoreItems.filter(({ state }) => !settled.includes(state)).map((item) => `${item.type} is left ${item.state}`),
    ...(restoreItems.length === policies.length
      ? []
      : [`${restoreItems.length} of ${policies.length} policies planned`]),
  ]
}

/** The stored counts, summed up once more from the items, and no item of a later attempt than the run's last. */
function countsDiffer({ id, type, summary_counts: stored, attempts }: RunRow, { ledger }: Evidence): string[] {
  const items = ledger.runItems.filter(({ run_id }) => run_id === id)
  const sums = new Map(Object.keys(stored).map((key) => [key, 0]))
  for (const [key, count] of items.flatMap(({ counts }) => Object.entries(counts)))
    sums.set(key, (sums.get(key) ?? 0) + count)
  return [
    ...sums
      .entries()
      .filter(([key, sum]) => (stored[key] ?? 0) !== sum)
      .map(([key, sum]) => `${type}: ${key} is ${stored[key] ?? 0}, its items say ${sum}`),
    ...items
      .filter((item) => item.outcome === 'planned' || item.attempt > attempts)
      .map((item) => `${type}: ${item.item_key} is ${item.outcome} by attempt ${item.attempt} of ${attempts}`),
  ]
}

/** The counts of the restore against what became of each policy. */
function restoreDiffers({ acknowledged, ledger }: Evidence): string[] {
  const restore = acknowledged.find(({ act }) => act === 'restore')?.id
  const counts = ledger.runs.find(({ id }) => id === restore)?.summary_counts ?? {}
  const number = (...states: readonly string[]) =>
    ledger.restoreItems.filter(({ state }) => states.includes(state)).length
  const expected = {
    total: ledger.restoreItems.length,
    processed: number(...settled),
    succeeded: number('verified', 'no_change'),
    failed: number('conflict', 'failed', 'unknown'),
    skipped: number('skipped', 'awaiting_approval'),
    changed: number('verified'),
  }
  return Object.entries(expected)
    .filter(([key, count]) => (counts[key] ?? 0) !== count)
    .map(([key, count]) => `restore: ${key} is ${counts[key] ?? 0}, its policies say ${count}`)
}

/** A preview counts policies, however often it was begun. */
function previewDiffers({ acknowledged, ledger, policies }: Evidence): string[] {
  const preview = acknowledged.find(({ act }) => act === 'preview')?.id
  const total = ledger.runs.find(({ id }) => id === preview)?.summary_counts['total'] ?? policies.length
  return total === policies.length ? [] : [`preview: total is ${total}, there are ${policies.length} policies`]
}

function endEntries({ ledger }: Evidence): string[] {
  return ledger.runs.flatMap(({ id, type, outcome }) => {
    const entries = ledger.audit.filter(({ action, run_id }) => action === 'run.completed' && run_id === id)
    const expected = outcome === 'pending' ? 0 : 1
    if (entries.length !== expected) return [`${entries.length} audit entries for the end of the ${type} run`]
    return entries
      .filter((entry) => entry.outcome !== outcome)
      .map((entry) => `${type} ${outcome} is ${entry.outcome} in the audit`)
  })
}

/** One for each policy that something was sent for, by the outcome it has. */
function writeEntries({ ledger }: Evidence): string[] {
  const sent = new Set(ledger.sends.map((send) => send.restore_item_id))
  return ledger.restoreItems.flatMap(({ id, type, graph_id, state }) => {
    const entries = ledger.audit.filter(
      ({ action, subject_id }) => action === 'assignments.write' && subject_id === `${type}/${graph_id}`,
    )
    const isRight = sent.has(id) ? entries.length === 1 && entries[0]?.outcome === state : entries.length === 0
    return isRight ? [] : [`${entries.length} audit entries for the write of ${type} ${graph_id}, ${state}`]
  })
}

function notServing({ successor, woken }: Evidence): string[] {
  return [...badExit('the successor', successor), ...(woken ? badExit('the worker that came too late', woken) : [])]
}
