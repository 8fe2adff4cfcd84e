/**
 * Nested values of an assignment (install settings, run schedules) in one spelling, so that two reads of the same thing
 * are equal: no nulls, no annotations but `@odata.type`, ids in lower case, times without an empty fraction.
 */
import { isUuid } from '#foundation/kernel/ids.ts'

// Real settings are three levels deep; whatever is deeper than this did not come from Intune.
const deepest = 32

/** The canonical form of a JSON value; `undefined` for null. @throws RangeError when it is nested deeper than 32. */
export function canonicalValue(value: unknown, depth = 0): unknown {
  if (depth > deepest) throw new RangeError('the value is nested too deeply')
  if (value === null || value === undefined) return undefined
  if (typeof value === 'string') return canonicalText(value)
  if (Array.isArray(value)) return value.map((item) => canonicalValue(item, depth + 1) ?? null)
  if (typeof value === 'object') return canonicalMembers(value, depth)
  return value
}

/** A run schedule: as any nested value, its `time` as `HH:MM:SS` (Graph reads `18:00:00.0000000` for `18:00`). */
export function canonicalSchedule(schedule: Readonly<Record<string, unknown>>): unknown {
  const { time } = schedule
  return canonicalValue(typeof time === 'string' ? { ...schedule, time: canonicalTime(time) } : schedule)
}

/** `#microsoft.graph.x` for each way Graph and its documentation write a type; the bare name is `x`. */
export function bareTypeName(odataType: string): string {
  return odataType.replace(/^#?microsoft\.graph\./i, '')
}

export function odataType(bareName: string): string {
  return `#microsoft.graph.${bareName}`
}

function canonicalMembers(value: object, depth: number): Record<string, unknown> {
  const members: [string, unknown][] = []
  for (const [key, member] of Object.entries(value)) {
    if (key === '@odata.type' && typeof member === 'string') members.push([key, odataType(bareTypeName(member))])
    else if (!key.includes('@') && member !== null && member !== undefined) {
      members.push([key, canonicalValue(member, depth + 1)])
    }
  }
  // Not by assignment: a member named `__proto__` must stay data.
  return Object.fromEntries(members)
}

function canonicalText(text: string): string {
  if (isUuid(text)) return text.toLowerCase()
  const moment = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,20})?(Z|[+-]00:00)$/.exec(text)
  return moment ? `${moment[1]}${significant(moment[2])}Z` : text
}

function canonicalTime(time: string): string {
  const parts = /^(\d\d:\d\d)(:\d\d)?(\.\d{1,20})?$/.exec(time)
  return parts ? `${parts[1]}${parts[2] ?? ':00'}${significant(parts[3])}` : time
}

// Looked for zeros from each of its digits: bounded above, so that a hostile text costs no more than another.
function significant(fraction = ''): string {
  return fraction.replace(/\.?0+$/, '')
}
