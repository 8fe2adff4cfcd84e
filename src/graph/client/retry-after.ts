/**
 * How long to wait before asking again. Never earlier than the service says: fractions are rounded up, and a date is
 * held against the service's own `Date`, so that a wrong clock of ours does not matter.
 */

/** Milliseconds a `Retry-After` asks for, or undefined when it is absent, past or not understood. */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d+(\.\d+)?$/.test(value)) return positive(Math.ceil(Number(value) * 1000))
  const until = parseHttpDate(value)
  if (until === undefined) return undefined
  return positive(until - (parseHttpDate(headers.get('date') ?? '') ?? nowMs))
}

const firstBackoffMs = 1_000
const longestBackoffMs = 30_000

/** Capped exponential backoff with full jitter; `attempt` counts from 1, `random` is in [0, 1). */
export function backoffMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempt - 1)))
}

function positive(ms: number): number | undefined {
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}

/** The one date form HTTP uses; `Date.parse` alone would take `1 2` for a date. */
function parseHttpDate(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
