import { createHash } from 'node:crypto'

const mostMs = 15 * 60_000

/** Over how long the starts of one slot are spread: a tenth of the interval, at most 15 minutes, unless said otherwise. */
export function jitterWindowMs(intervalMs: number, jitterSeconds: number | null): number {
  return jitterSeconds === null ? Math.min(mostMs, intervalMs / 10) : Math.min(jitterSeconds * 1_000, intervalMs)
}

/**
 * Where in the window a tenant's start of a schedule lies, 0 ≤ x < 1: always the same place, and evenly spread over many
 * tenants, so that ten thousand schedules at 02:00 do not start at once.
 */
export function jitterPlace(scheduleId: string, tenantOrWorkspaceId: string): number {
  return createHash('sha256').update(`${scheduleId} ${tenantOrWorkspaceId}`).digest().readUIntBE(0, 6) / 2 ** 48
}
