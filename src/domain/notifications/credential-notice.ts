/** How the end of a credential is told, in the same words everywhere: in the product, by e-mail, in Teams. */
import type { Selectable } from 'kysely'
import type { EndingCredential } from '#domain/connections/take-ending-credentials.ts'
import type { Notice } from '#domain/notifications/notice.ts'
import type { CredentialNotices } from '#foundation/db/schema.ts'
import type { TenantPlace } from '#foundation/kernel/context.ts'

/** Rises as the end comes nearer. */
export type CredentialSeverity = 'info' | 'warning' | 'critical'

/** What was told of a credential, as it was then. */
export interface CredentialFacts extends Pick<EndingCredential, 'purpose' | 'kind' | 'clientId' | 'expiresAt'> {
  /** The threshold that had passed: 30, 14, 7, 1; 0: the end itself. */
  readonly withinDays: number
}

/** Of a row of `credential_notices`. */
export function factsOf(
  row: Pick<Selectable<CredentialNotices>, 'purpose' | 'kind' | 'client_id' | 'expires_at' | 'within_days'>,
): CredentialFacts {
  return {
    // The columns have check constraints.
    purpose: row.purpose as CredentialFacts['purpose'],
    kind: row.kind as CredentialFacts['kind'],
    clientId: row.client_id,
    expiresAt: row.expires_at,
    withinDays: row.within_days,
  }
}

export function severityOf({ withinDays }: Pick<CredentialFacts, 'withinDays'>): CredentialSeverity {
  if (withinDays <= 1) return 'critical'
  return withinDays <= 14 ? 'warning' : 'info'
}

/** The words for it: true whenever they are read, so they name the day and count none. */
export function credentialNotice(credential: CredentialFacts, { name }: Pick<TenantPlace, 'name'>): Notice {
  const { purpose, withinDays, expiresAt } = credential
  const what = `The ${purpose}'s ${kindWords[credential.kind]} of "${name}"`
  const when = `${expiresAt.toISOString().slice(0, 16).replace('T', ' at ')} UTC`
  const hasEnded = withinDays === 0
  return {
    title: `${what} ${hasEnded ? 'has ended' : endsWithin(withinDays)}`,
    body: `${hasEnded ? 'It ended' : 'It ends'} on ${when}. ${consequences[purpose]}`,
    problems: [],
    next: [nextFor(credential, name)],
    tone: tones[severityOf(credential)],
  }
}

function endsWithin(days: number): string {
  return days === 1 ? 'ends within a day' : `ends within ${days} days`
}

const kindWords = { secret: 'client secret', certificate: 'certificate' } as const

const consequences = {
  reader: 'From then on nothing of the tenant is observed or backed up.',
  writer: 'From then on nothing can be restored.',
} as const

const tones = { info: 'info', warning: 'warning', critical: 'bad' } as const satisfies Record<
  CredentialSeverity,
  Notice['tone']
>

function nextFor({ purpose, kind }: CredentialFacts, name: string): string {
  const given =
    kind === 'secret' ? `--${purpose}-secret-file … --${purpose}-secret-expires …` : `--${purpose}-certificate …`
  return (
    `Add a new ${kindWords[kind]} to the app registration, set it with \`tenantatlas connection set --tenant "${name}" ` +
    `--${purpose}-client-id … ${given}\`, then run \`tenantatlas connection verify --tenant "${name}"\`.`
  )
}
