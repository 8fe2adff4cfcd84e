import type { Random } from './random.ts'

/** Generated tenants end here; a fixed instant, or the same seed would make another tenant tomorrow. */
const generatedAt = Date.UTC(2026, 9, 30, 9, 0, 0)
const dayMs = 86_400_000

export interface Lifetime {
  readonly created: string
  readonly modified: string
}

/** When an object was made and last changed: within four years, some changed long after. */
export function lifetime(random: Random): Lifetime {
  const ageDays = 2 + random.unit() ** 2 * 1400
  const created = generatedAt - ageDays * dayMs
  const modified = random.chance(0.4)
    ? created + random.int(0, 900_000)
    : created + random.unit() * (generatedAt - created)
  return { created: graphDate(created, random), modified: graphDate(modified, random) }
}

/** The way Intune writes an instant: seven digits of a second. */
function graphDate(atMs: number, random: Random): string {
  const seconds = new Date(atMs).toISOString().slice(0, 19)
  return `${seconds}.${String(random.int(0, 9_999_999)).padStart(7, '0')}Z`
}

/** `days` before the tenant's present, as a date without a time. */
export function daysAgo(days: number): string {
  return new Date(generatedAt - days * dayMs).toISOString().slice(0, 10)
}
