import type { Message } from '#domain/notifications/message.ts'
import type { RunView } from '#domain/operations/run-view.ts'

/** The body of a webhook: docs/notifications.md describes it, and fields are only ever added. Ids and counts; no names. */
export function webhookPayload({ event, at, workspaceId, run, url }: Message): string {
  return JSON.stringify({
    type: event,
    timestamp: at.toISOString(),
    data: {
      workspace: { id: workspaceId },
      tenant: run?.tenant ? { id: run.tenant.ref } : null,
      run: run && runData(run),
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
