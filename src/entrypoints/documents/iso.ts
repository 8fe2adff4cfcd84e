/** A time as programs read it: ISO 8601 in UTC; null for what did not happen. */
export function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString()
}
