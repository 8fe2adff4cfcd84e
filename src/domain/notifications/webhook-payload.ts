import { severityOf, type CredentialFacts } from '#domain/notifications/credential-notice.ts'
import type { Message } from '#domain/notifications/message.ts'
import type { RunView } from '#domain/operations/run-view.ts'

/** The body of a webhook: docs/notifications.md describes it, and fields are only ever added. Ids and counts; no names. */
export function webhookPayload({ event, at, workspaceId, tenant, run, credential, url }: Message): string {
  return JSON.stringify({
    type: event,
    timestamp: at.toISOString(),
    data: {
      workspace: { id: workspaceId },
      tenant: tenant && { id: tenant.ref },
      run: run && runData(run),
      credential: credential && credentialData(credential),
      url,
    },
  })
}

function runData(run: RunView) {
  return {
    id: run.id,
    type: run.type,
    outcome: run.outcome,
    trigger: run.trigger,
    attempts: run.attempts,
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    completedAt: run.completedAt?.toISOString() ?? null,
    counts: run.counts,
    failures: run.failures.map(({ code, reason, count }) => ({ code, reason, count })),
  }
}

function credentialData(credential: CredentialFacts) {
  const { purpose, kind, clientId, expiresAt, withinDays } = credential
  return {
    purpose,
    kind,
    clientId,
    expiresAt: expiresAt.toISOString(),
    withinDays,
    severity: severityOf(credential),
  }
}
