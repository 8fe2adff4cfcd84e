/** Times in the words of the command line and the page. */

const units = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
] as const

/** `just now`, `4 minutes ago`, `in 2 hours`. */
export function relativeTime(at: Date, now: Date): string {
  const elapsedMs = now.getTime() - at.getTime()
  const unit = units.find(({ ms }) => Math.abs(elapsedMs) >= ms)
  if (unit === undefined) return elapsedMs < 0 ? 'in a moment' : 'just now'
  const count = Math.floor(Math.abs(elapsedMs) / unit.ms)
  const words = `${count} ${unit.unit}${count === 1 ? '' : 's'}`
  return elapsedMs < 0 ? `in ${words}` : `${words} ago`
}

/** `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`. */
export function durationWords(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** The local time of day, with the date when it is another day: `14:32`, `2026-11-24 14:32`. */
export function clockTime(at: Date, now: Date): string {
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}`
  const isToday = at.toDateString() === now.toDateString()
  return isToday ? time : `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${time}`
}

/** A time as the clocks of a zone show it: `2026-11-24 02:00`. */
export function timeInZone(at: Date, timeZone: string): string {
  // Swedes write dates as ISO 8601 does.
  return at.toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
}

/** The same to the second: `14:32:07`, `2026-11-24 14:32:07`. */
export function clockSeconds(at: Date, now: Date): string {
  return `${clockTime(at, now)}:${pad(at.getSeconds())}`
}

function pad(part: number): string {
  return String(part).padStart(2, '0')
}

/** `1 policy`, `1,204 policies`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? singular : plural}`
}
