import type { CredentialView } from '#domain/connections/connection.ts'

/** What somebody has to do about a credential, and how soon. */
export type CredentialWarning =
  | { readonly kind: 'expired' }
  /** `withinDays`: the threshold it has passed, of 30, 14, 7 and 1. */
  | { readonly kind: 'expires_soon'; readonly withinDays: number; readonly daysLeft: number }
  /** `olderThanDays`: what it is old beyond. */
  | { readonly kind: 'old_secret'; readonly ageDays: number; readonly olderThanDays: number }

export const expiryThresholdDays = [30, 14, 7, 1] as const
const oldSecretDays = 180
const dayMs = 86_400_000

/** The warnings of a credential at a moment, the most urgent first; none for one that is in order. */
export function credentialWarnings(
  credential: Pick<CredentialView, 'kind' | 'expiresAt' | 'createdAt'>,
  now: Date,
): CredentialWarning[] {
  return [...expiryWarnings(credential, now), ...ageWarnings(credential, now)]
}

function expiryWarnings({ expiresAt }: Pick<CredentialView, 'expiresAt'>, now: Date): CredentialWarning[] {
  if (expiresAt === null) return []
  const leftMs = expiresAt.getTime() - now.getTime()
  if (leftMs <= 0) return [{ kind: 'expired' }]
  const withinDays = expiryThresholdDays.findLast((days) => leftMs <= days * dayMs)
  return withinDays === undefined ? [] : [{ kind: 'expires_soon', withinDays, daysLeft: Math.floor(leftMs / dayMs) }]
}

/** Whoever set a secret may have copied it, and so may others since; certificates end by themselves. */
function ageWarnings({ kind, createdAt }: Pick<CredentialView, 'kind' | 'createdAt'>, now: Date): CredentialWarning[] {
  const ageDays = Math.floor((now.getTime() - createdAt.getTime()) / dayMs)
  return kind === 'secret' && ageDays > oldSecretDays
    ? [{ kind: 'old_secret', ageDays, olderThanDays: oldSecretDays }]
    : []
}
