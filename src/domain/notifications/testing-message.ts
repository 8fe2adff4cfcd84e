import { events } from '#domain/notifications/message.ts'
import type { Message } from '#domain/notifications/message.ts'
import { runNotice } from '#domain/notifications/run-notice.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { newId, newTenantRef } from '#foundation/kernel/ids.ts'

/** Test only: a run that ended badly. */
export function givenRunView(change: Partial<RunView> = {}): RunView {
  return {
    id: newId(),
    type: 'assignments.restore',
    label: 'Assignment restore',
    tenant: { workspaceId: newId(), id: newId(), ref: newTenantRef(), name: 'Contoso [Pilot]' },
    status: 'completed',
    outcome: 'partially_succeeded',
    counts: { total: 312, processed: 310, succeeded: 308, failed: 2, skipped: 0 },
    failures: [
      { code: 'assignments.restore_failed', reason: 'conflict', message: 'Somebody changed "A_*B*".', count: 2 },
      { code: 'assignments.restore_failed', reason: 'throttled', message: 'Graph was busy.', count: 1 },
    ],
    progress: null,
    createdAt: new Date('2026-11-28T10:00:00Z'),
    startedAt: new Date('2026-11-28T10:00:01Z'),
    completedAt: new Date('2026-11-28T10:03:00Z'),
    attempts: 1,
    throttles: 0,
    initiator: { name: 'Ada Moreau', userId: newId() },
    trigger: 'user',
    context: {},
    input: {},
    isCancelRequested: false,
    retryAt: null,
    lastFailure: null,
    leased: null,
    freshness: null,
    held: null,
    throttledUntil: null,
    attemptLog: [],
    requeuedAt: null,
    ...change,
  }
}

/** Test only: what is sent about it. */
export function givenMessage(run: RunView = givenRunView()): Message {
  return {
    id: newId(),
    event: events.runCompleted,
    at: run.completedAt ?? run.createdAt,
    workspaceId: newId(),
    notice: runNotice(run),
    tenant: run.tenant,
    run,
    credential: null,
    url: `https://tenantatlas.example.com/w/msp/runs/${run.id}`,
  }
}
