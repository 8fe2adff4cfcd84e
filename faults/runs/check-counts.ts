/** I4: counts are those of the items and of what Graph really has, and attempts are those that were. */
import type { Evidence, Expected, ItemRow, RunRow } from './evidence.ts'

/** The stored counts, summed up once more from the items. */
export function countsDiffer({ ledger }: Evidence): string[] {
  return ledger.runs
    .filter(({ outcome }) => outcome !== 'pending')
    .flatMap(({ id, type, summary_counts: stored }) => {
      const sums = new Map(Object.keys(stored).map((key) => [key, 0]))
      for (const { counts } of itemsOf(ledger.items, id))
        for (const [key, count] of Object.entries(counts)) sums.set(key, (sums.get(key) ?? 0) + count)
      return [...sums]
        .filter(([key, sum]) => (stored[key] ?? 0) !== sum)
        .map(([key, sum]) => `${type}: ${key} is ${stored[key] ?? 0}, its items say ${sum}`)
    })
}

/** The policies that a run says it did are those that Graph has. */
export function itemsDiffer({ expected, ledger }: Evidence): string[] {
  return expected.flatMap((one) => {
    const run = ledger.runs.find(({ id }) => id === one.id)
    return run === undefined || one.graph === undefined ? [] : differsFromGraph(run, one.graph, ledger.items)
  })
}

function differsFromGraph(
  { id, type, summary_counts: counts }: RunRow,
  { policies, refused, items: kind }: NonNullable<Expected['graph']>,
  items: readonly ItemRow[],
): string[] {
  const done = new Set(
    itemsOf(items, id).flatMap(({ item_key: key, outcome }) => (outcome === 'succeeded' ? [key] : [])),
  )
  const missing = kind === 'policies' ? policies.filter((key) => !done.has(key)) : []
  const foreign = kind === 'policies' ? [...done].filter((key) => key.includes('/') && !policies.includes(key)) : []
  const numbers = { succeeded: policies.length, failed: refused.length, total: policies.length + refused.length }
  return [
    ...missing.map((key) => `${type}: ${key} is in Graph and has no item`),
    ...foreign.map((key) => `${type}: ${key} has an item and is not in Graph`),
    ...Object.entries(numbers)
      .filter(([key, number]) => (counts[key] ?? 0) !== number)
      .map(([key, number]) => `${type}: ${key} is ${counts[key] ?? 0}, Graph says ${number}`),
  ]
}

/** An ended run has no item that is still to come but where it was cut short, and none of an attempt that never was. */
export function itemsWithoutAttempt({ ledger }: Evidence): string[] {
  return ledger.runs
    .filter(({ outcome }) => outcome !== 'pending')
    .flatMap(({ id, type, outcome, attempts }) =>
      itemsOf(ledger.items, id)
        .filter((item) => (item.outcome === 'planned' && outcome === 'succeeded') || item.attempt > attempts)
        .map((item) => `${type}: ${item.item_key} is ${item.outcome} by attempt ${item.attempt} of ${attempts}`),
    )
}

export function attemptsDiffer({ expected, ledger }: Evidence): string[] {
  return expected.flatMap(({ id, isHistoryLost, attempts: { least, most = Infinity } }) => {
    const run = ledger.runs.find((one) => one.id === id)
    if (run === undefined || run.outcome === 'pending') return []
    const { type, attempts } = run
    return [
      ...(attempts < least || attempts > most
        ? [`${type}: ${attempts} attempts (${endsOf(run)}), not ${most === least ? least : `${least} or more`}`]
        : []),
      ...(isHistoryLost ? [] : logDiffers(run)),
    ]
  })
}

function endsOf({ attempt_log: log = [] }: RunRow): string {
  return log.map(({ end }) => end).join(', ')
}

/** One entry for each attempt, in order, none while another one lasts; none at all where there was only one. */
function logDiffers({ type, attempts, outcome, attempt_log: log }: RunRow): string[] {
  if (log === undefined) return []
  const last = log.at(-1)
  const numbers = log.map(({ attempt }) => attempt)
  const expected = attempts > 1 ? Array.from({ length: attempts }, (_, index) => index + 1) : []
  // A run that is cancelled while it waits ends between two attempts.
  const isBetween = outcome === 'cancelled' && last?.end !== 'cancelled'
  const isWhole = isBetween || JSON.stringify(numbers) === JSON.stringify(expected)
  return [
    ...(isWhole ? [] : [`${type}: attempts ${numbers.join(', ')} in its log, ${attempts} were made`]),
    ...(last === undefined || isBetween || last.end === outcome
      ? []
      : [`${type}: ${outcome}, and its last attempt ${last.end}`]),
    ...log
      .filter(({ beganAt, endedAt }, index) => {
        const before = log[index - 1]
        return new Date(endedAt) < new Date(beganAt) || (before && new Date(beganAt) < new Date(before.endedAt))
      })
      .map(
        (one) =>
          `${type}: attempt ${one.attempt} overlaps the one before, or ends before it began: ${JSON.stringify(log)}`,
      ),
  ]
}

function itemsOf(items: readonly ItemRow[], runId: string): readonly ItemRow[] {
  return items.filter(({ run_id }) => run_id === runId)
}
