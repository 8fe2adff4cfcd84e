import type { WorkerView } from '#domain/operations/list-workers.ts'

/** A worker process as programs see it. */
export interface WorkerDocument {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly version: string
  readonly state: 'working' | 'draining' | 'drained'
  readonly running: number
  readonly startedAt: string
  readonly leaseUntil: string
}

export function workerDocument({ id, host, pid, version, running, isDraining, ...times }: WorkerView): WorkerDocument {
  const state = !isDraining ? 'working' : running > 0 ? 'draining' : 'drained'
  return {
    id,
    host,
    pid,
    version,
    state,
    running,
    startedAt: times.startedAt.toISOString(),
    leaseUntil: times.leaseUntil.toISOString(),
  }
}
