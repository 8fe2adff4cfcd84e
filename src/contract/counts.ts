import { countOf } from '#contract/moments.ts'

/** Counts of a run as it stored them, by key. */
export type Counts = Readonly<Record<string, number>>

const baseKeys = ['total', 'processed', 'succeeded', 'failed', 'skipped']

/** The counts in the order people expect: the base keys, then those of the operation by name. */
export function orderedCounts(counts: Counts): [key: string, value: number][] {
  const others = Object.keys(counts).filter((key) => !baseKeys.includes(key))
  const keys = [...baseKeys.filter((key) => Object.hasOwn(counts, key)), ...others.toSorted()]
  return keys.map((key) => [key, counts[key] ?? 0])
}

/** `310 of 312 items, 4 changed, 2 failed`: what is zero is left out. Empty when there was nothing to count. */
export function countWords(counts: Counts): string {
  const { total = 0, processed = 0 } = counts
  if (total === 0) return ''
  const rest = orderedCounts(counts).filter(
    ([key, value]) => value > 0 && !['total', 'processed', 'succeeded'].includes(key),
  )
  const words = rest.map(([key, value]) => `${value.toLocaleString('en-US')} ${wordOf(key, value)}`)
  return [`${processed.toLocaleString('en-US')} of ${countOf(total, 'item')}`, ...words].join(', ')
}

/** All but `conflicts` are told of one as of many: `1 changed`, `2 changed`. */
function wordOf(key: string, value: number): string {
  return key === 'conflicts' && value === 1 ? 'conflict' : key.replaceAll('_', ' ')
}
