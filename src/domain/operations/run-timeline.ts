/** What happened to a run, in order: pure, from its row and from what people did to it. */
import type { RunAct } from '#domain/audit/list-run-acts.ts'
import type { AttemptRecord, FailureLine, RunOutcome, RunTrigger } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'

export type TimelineEntry =
  | { readonly kind: 'created'; readonly at: Date; readonly by: string; readonly trigger: RunTrigger }
  | { readonly kind: 'cooldown_overridden'; readonly at: Date; readonly by: string; readonly reason: string | null }
  | {
      readonly kind: 'attempt'
      readonly at: Date
      readonly attempt: number
      /** `host (pid)`; null for the only attempt of a run that has ended. */
      readonly worker: string | null
      /** Null while it is under way. */
      readonly endedAt: Date | null
      /** `lost`: nobody heard of its worker any more. Null while it is under way. */
      readonly end: AttemptRecord['end'] | 'lost' | null
      readonly failure: Pick<FailureLine, 'reason' | 'message'> | null
      /** When the next one may begin; null for the last one. */
      readonly nextAt: Date | null
    }
  | { readonly kind: 'requeued'; readonly at: Date }
  | { readonly kind: 'cancel_requested'; readonly at: Date; readonly by: string }
  | { readonly kind: 'ended'; readonly at: Date; readonly outcome: RunOutcome }

export function timelineOf(run: RunView, acts: readonly RunAct[]): TimelineEntry[] {
  const created = { kind: 'created', at: run.createdAt, by: run.initiator.name, trigger: run.trigger } as const
  const between = [...requeuingOf(run), ...attemptsOf(run), ...acts.map(actEntry)]
  const { completedAt, outcome } = run
  return [
    created,
    ...between.toSorted((one, other) => one.at.getTime() - other.at.getTime()),
    ...(completedAt === null ? [] : [{ kind: 'ended', at: completedAt, outcome } as const]),
  ]
}

function requeuingOf({ requeuedAt }: RunView): TimelineEntry[] {
  return requeuedAt === null ? [] : [{ kind: 'requeued', at: requeuedAt }]
}

function attemptsOf(run: RunView): TimelineEntry[] {
  const { attemptLog, leased, startedAt, completedAt, attempts } = run
  const logged = attemptLog.map(loggedAttempt)
  if (leased !== null) return [...logged, underWay(attempts, leased)]
  if (logged.length > 0 || startedAt === null || completedAt === null) return logged
  return [
    { ...openEnd, kind: 'attempt', at: startedAt, attempt: attempts, endedAt: completedAt, end: run.outcome as Ended },
  ]
}

type Ended = Exclude<RunOutcome, 'pending'>

const openEnd = { worker: null, failure: null, nextAt: null } as const

function underWay(attempt: number, { worker, since }: NonNullable<RunView['leased']>): TimelineEntry {
  return { ...openEnd, kind: 'attempt', at: since, attempt, worker, endedAt: null, end: null }
}

function loggedAttempt({ attempt, worker, beganAt, endedAt, end, failure, nextAt }: AttemptRecord): TimelineEntry {
  return {
    kind: 'attempt',
    at: new Date(beganAt),
    attempt,
    worker,
    endedAt: new Date(endedAt),
    end: failure?.reason === 'worker_lost' ? 'lost' : end,
    failure: failure && { reason: failure.reason, message: failure.message },
    nextAt: nextAt === null ? null : new Date(nextAt),
  }
}

function actEntry({ action, at, by, reason }: RunAct): TimelineEntry {
  return action === 'run.cancel'
    ? { kind: 'cancel_requested', at, by }
    : { kind: 'cooldown_overridden', at, by, reason }
}
