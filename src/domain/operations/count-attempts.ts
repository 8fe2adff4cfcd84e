import type { AttemptRecord, RequeueRecord } from '#domain/operations/operation.ts'

export interface CountedAttempts {
  readonly attempts: number
  readonly attemptLog: readonly AttemptRecord[]
  /** When the queue, which had lost the run, was given it again. */
  readonly requeuedAt: Date | null
}

/** Attempts as people count them, one by one: the fence, which is stored, jumps when a lost run is queued again. */
export function countAttempts(fence: number, log: readonly (AttemptRecord | RequeueRecord)[]): CountedAttempts {
  const attemptLog = log.filter((record) => record.end !== 'requeued')
  const [first] = log
  if (first?.end !== 'requeued') return { attempts: fence, attemptLog, requeuedAt: null }
  const ahead = first.attempt - first.known
  return {
    attempts: fence - ahead,
    attemptLog: attemptLog.map((record) => ({ ...record, attempt: record.attempt - ahead })),
    requeuedAt: new Date(first.at),
  }
}
