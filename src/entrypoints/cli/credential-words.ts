import type { CredentialWarning } from '#contract/api/connections.ts'
import { countOf } from '#contract/moments.ts'

/** A warning about a credential, for people. */
export function warningWords(warning: CredentialWarning): string {
  switch (warning.kind) {
    case 'expired':
      return 'has expired'
    case 'expires_soon':
      return warning.daysLeft === 0 ? 'expires within a day' : `expires in ${countOf(warning.daysLeft, 'day')}`
    case 'old_secret':
      return `secret set ${warning.ageDays} days ago, more than ${warning.olderThanDays}`
    case 'long_secret':
      return `secret valid for ${warning.lifeDays} days, more than ${warning.longerThanDays}`
  }
}
