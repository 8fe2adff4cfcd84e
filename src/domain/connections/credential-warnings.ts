import { z } from 'zod'
import type { CredentialView } from '#domain/connections/connection.ts'

/** What somebody has to do about a credential, and how soon. */
export const credentialWarning = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('expired') }),
    /** `withinDays`: the threshold it has passed, of 30, 14, 7 and 1. */
    z.object({ kind: z.literal('expires_soon'), withinDays: z.number(), daysLeft: z.number() }),
    /** `olderThanDays`: what it is old beyond. */
    z.object({ kind: z.literal('old_secret'), ageDays: z.number(), olderThanDays: z.number() }),
    /** From when it was set until it ends. */
    z.object({ kind: z.literal('long_secret'), lifeDays: z.number(), longerThanDays: z.number() }),
  ])
  .readonly()
export type CredentialWarning = z.infer<typeof credentialWarning>

export const expiryThresholdDays = [30, 14, 7, 1] as const
const mostSecretDays = 180
const dayMs = 86_400_000

/** The warnings of a credential at a moment, the most urgent first; none for one that is in order. */
export function credentialWarnings(
  credential: Pick<CredentialView, 'kind' | 'expiresAt' | 'createdAt'>,
  now: Date,
): CredentialWarning[] {
  return [...expiryWarnings(credential, now), ...secretWarnings(credential, now)]
}

function expiryWarnings({ expiresAt }: Pick<CredentialView, 'expiresAt'>, now: Date): CredentialWarning[] {
  if (expiresAt === null) return []
  const leftMs = expiresAt.getTime() - now.getTime()
  if (leftMs <= 0) return [{ kind: 'expired' }]
  const withinDays = expiryThresholdDays.findLast((days) => leftMs <= days * dayMs)
  return withinDays === undefined ? [] : [{ kind: 'expires_soon', withinDays, daysLeft: Math.floor(leftMs / dayMs) }]
}

/**
 * Whoever set a secret may have copied it, and so may others since. The key of a certificate travels with no sign-in, so a
 * certificate may live longer; it ends by itself.
 */
function secretWarnings(
  { kind, createdAt, expiresAt }: Pick<CredentialView, 'kind' | 'createdAt' | 'expiresAt'>,
  now: Date,
): CredentialWarning[] {
  if (kind !== 'secret') return []
  const ageDays = daysBetween(createdAt, now)
  if (ageDays > mostSecretDays) return [{ kind: 'old_secret', ageDays, olderThanDays: mostSecretDays }]
  const lifeDays = expiresAt === null ? 0 : daysBetween(createdAt, expiresAt)
  return lifeDays > mostSecretDays ? [{ kind: 'long_secret', lifeDays, longerThanDays: mostSecretDays }] : []
}

function daysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / dayMs)
}
