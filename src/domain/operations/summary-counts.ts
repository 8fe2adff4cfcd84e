import { catalog, isOperationType } from '#domain/operations/catalog.ts'
import { baseSummaryKeys, type RunItem, type SummaryCounts } from '#domain/operations/operation.ts'

type BaseKey = (typeof baseSummaryKeys)[number]

/**
 * What an item adds to the counts of its run: whole numbers ≥ 0, base keys always there,
 * processed = succeeded + failed + skipped ≤ total. Keys the catalogue does not list are returned apart.
 * @throws TypeError for counts that break these rules: a defect of the handler
 */
export function countsOf(type: string, item: RunItem): { counts: SummaryCounts; unknownKeys: readonly string[] } {
  const given = item.counts ?? {}
  const known = knownKeys(type)
  const extra = Object.entries(given).filter(([key]) => known.has(key) && !isBaseKey(key))
  const counts = { ...baseCounts(item), ...Object.fromEntries(extra) }
  for (const [key, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`${type}: count ${key} of an item is ${value}`)
  }
  return { counts, unknownKeys: Object.keys(given).filter((key) => !known.has(key)) }
}

function baseCounts({ outcome, counts = {} }: RunItem): Record<BaseKey, number> {
  if (!baseSummaryKeys.some((key) => counts[key] !== undefined)) {
    return { total: 1, processed: 1, succeeded: 0, failed: 0, skipped: 0, [outcome]: 1 }
  }
  const { succeeded = 0, failed = 0, skipped = 0 } = counts
  const { processed = succeeded + failed + skipped } = counts
  const { total = processed } = counts
  if (processed !== succeeded + failed + skipped || processed > total) {
    throw new TypeError('counts of an item: processed must be succeeded + failed + skipped, and at most total')
  }
  return { total, processed, succeeded, failed, skipped }
}

function knownKeys(type: string): ReadonlySet<string> {
  return new Set([...baseSummaryKeys, ...(isOperationType(type) ? catalog[type].summaryKeys : [])])
}

function isBaseKey(key: string): key is BaseKey {
  return (baseSummaryKeys as readonly string[]).includes(key)
}
