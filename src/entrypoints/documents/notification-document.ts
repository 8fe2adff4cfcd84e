import { severityOf, type CredentialFacts, type CredentialSeverity } from '#domain/notifications/credential-notice.ts'
import type { NotificationView } from '#domain/notifications/list-notifications.ts'
import { iso } from '#entrypoints/documents/iso.ts'

interface CredentialDocument extends Omit<CredentialFacts, 'expiresAt'> {
  readonly expiresAt: string
  readonly severity: CredentialSeverity
}

/** A notification as programs see it. */
export interface NotificationDocument {
  readonly id: string
  readonly event: string
  readonly runId: string | null
  readonly runType: string | null
  readonly outcome: string | null
  readonly credential: CredentialDocument | null
  readonly tenant: { readonly id: string; readonly name: string } | null
  readonly title: string
  readonly body: string
  readonly problems: readonly string[]
  readonly next: readonly string[]
  readonly createdAt: string
  readonly readAt: string | null
}

export function notificationDocument(notification: NotificationView): NotificationDocument {
  const { id, event, runId, runType, outcome, credential, tenant, notice, createdAt, readAt } = notification
  return {
    id,
    event,
    runId,
    runType,
    outcome,
    credential: credential && credentialDocument(credential),
    tenant: tenant && { id: tenant.ref, name: tenant.name },
    title: notice.title,
    body: notice.body,
    problems: notice.problems,
    next: notice.next,
    createdAt: createdAt.toISOString(),
    readAt: iso(readAt),
  }
}

function credentialDocument(credential: CredentialFacts): CredentialDocument {
  return { ...credential, expiresAt: credential.expiresAt.toISOString(), severity: severityOf(credential) }
}
