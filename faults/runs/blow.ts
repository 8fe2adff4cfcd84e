/** What can happen to a run on its way, as data. */

/** A statement that a lost answer or a conflict is about, by a text it holds. */
export const statements = {
  start: 'ensure_run(',
  claim: 'claim_runs',
  plan: 'plan_run_items(',
  record: 'record_run_items(',
  renew: 'renew_lease(',
  release: 'release_run(',
  finish: 'finish_run',
  commit: 'commit',
} as const

export type StatementName = keyof typeof statements

export interface Kill {
  readonly failpoint: string
  /** At which visit. */
  readonly at: number
}

export type BlowOf<Kind extends Blow['kind']> = Extract<Blow, { readonly kind: Kind }>

export type Blow =
  /** The worker is killed at a failpoint, twice where two are given: then another one, and the one after it. */
  | { readonly kind: 'kill'; readonly kills: readonly Kill[]; readonly pace: 'plain' | 'slow' }
  /** Killed while it gives the run back: because Graph throttles, does not answer, or the worker stops. */
  | { readonly kind: 'kill_at_release'; readonly kill: Kill; readonly why: 'throttled' | 'retry' | 'stopped' }
  /** The worker that reconciles the ledger is killed. */
  | { readonly kind: 'kill_reconcile'; readonly kill: Kill }
  /** The process that makes a notification of the run's end is killed. */
  | { readonly kind: 'kill_relay'; readonly kill: Kill }
  /** The process that starts the run is killed. */
  | { readonly kind: 'kill_starter'; readonly kill: Kill }
  /** After so many requests: SIGTERM, frozen until another worker has finished, or out of memory. */
  | { readonly kind: 'sigterm'; readonly requests: number }
  | { readonly kind: 'frozen'; readonly requests: number }
  | { readonly kind: 'out_of_memory'; readonly requests: number }
  /** The event loop stands still at a failpoint. */
  | { readonly kind: 'blocked'; readonly kill: Kill; readonly ms: number }
  /** Eight workers in two processes wait for one run. */
  | { readonly kind: 'eight_workers' }
  /** Many starts of one operation at once, by processes one of which has a wrong clock; again, and again later. */
  | { readonly kind: 'parallel_starts'; readonly clockMs: number }
  /** Callers race to start so many operations, each of which ends at once and cools down. */
  | { readonly kind: 'racing_starts'; readonly operations: number }
  /** A run that has ended is in the queue once more, or a running one is put there again. */
  | { readonly kind: 'redelivered'; readonly when: 'ended' | 'cooling' | 'running' }
  | { readonly kind: 'cancelled'; readonly when: 'queued' | 'running' }
  | { readonly kind: 'throttled'; readonly seconds: number }
  /** In mid-run the database loses every connection, has none left to give, or lets statements wait too long. */
  | {
      readonly kind: 'connections_cut'
      readonly how: 'terminated' | 'exhausted' | 'timed_out'
      readonly requests: number
    }
  /** The database acts, and its answer to the n-th such statement is lost. */
  | { readonly kind: 'answer_lost'; readonly to: StatementName; readonly at: number }
  /** The database refuses a statement so many times, as it does under contention. */
  | {
      readonly kind: 'conflict'
      readonly table: string
      readonly state: '40001' | '40P01' | '55P03'
      readonly times: number
    }
  /** The clock of the worker, or of the one beside it, is wrong, or jumps between two times. */
  | { readonly kind: 'clock'; readonly whose: 'worker' | 'neighbour'; readonly ms: readonly number[] }
  /** A tenant's payload ends every process that reads it. */
  | { readonly kind: 'poison'; readonly maxAttempts: number }
  /** The database was left by an older program, in mid-run. */
  | { readonly kind: 'old_ledger' }
  /** A newer program migrates the database under a worker in mid-run, or a worker comes to the schema of another one. */
  | { readonly kind: 'other_program'; readonly which: 'newer_ledger' | 'newer_schema' | 'older_schema' }
  /** The server of the database is killed again and again under load. */
  | { readonly kind: 'database_crash'; readonly by: 'server' | 'backend'; readonly crashes: number }
  /** The disk of the database is full for a while. */
  | { readonly kind: 'disk_full' }

const descriptions: { readonly [Kind in Blow['kind']]: (blow: BlowOf<Kind>) => string } = {
  kill: (blow) =>
    blow.kills.map(({ failpoint, at }) => `worker killed at ${failpoint}, visit ${at}`).join(', the next '),
  kill_at_release: (blow) => `worker killed at ${blow.kill.failpoint}, when the run is given back (${blow.why})`,
  kill_reconcile: (blow) => `worker killed in the reconciliation, at ${blow.kill.failpoint}, visit ${blow.kill.at}`,
  kill_relay: (blow) => `the process that notifies killed at ${blow.kill.failpoint}`,
  kill_starter: (blow) => `the process that starts the run killed at ${blow.kill.failpoint}`,
  sigterm: (blow) => `SIGTERM after ${blow.requests} requests`,
  frozen: (blow) => `worker frozen after ${blow.requests} requests, until another one has finished`,
  out_of_memory: (blow) => `worker out of memory after ${blow.requests} requests`,
  blocked: (blow) => `event loop blocked for ${blow.ms} ms at ${blow.kill.failpoint}, visit ${blow.kill.at}`,
  eight_workers: () => 'eight workers wait for one run',
  parallel_starts: (blow) => `50 starts of one operation at once, one process with its clock ${hours([blow.clockMs])}`,
  racing_starts: (blow) => `32 callers start ${blow.operations} operations until each cools down`,
  redelivered: (blow) => `the job of a run delivered again (${blow.when})`,
  cancelled: (blow) => `cancelled while ${blow.when}`,
  throttled: (blow) => `Graph asks to wait ${blow.seconds} s`,
  connections_cut: (blow) => `database connections ${blow.how} after ${blow.requests} requests`,
  answer_lost: (blow) => `answer of the database to ${blow.to} ${blow.at} lost`,
  conflict: (blow) => `${blow.state} raised ${blow.times} times at ${blow.table}`,
  clock: (blow) => `clock of the ${blow.whose} ${hours(blow.ms)}`,
  poison: (blow) => `a payload that kills its worker, ${blow.maxAttempts} attempts`,
  old_ledger: () => 'ledger of an older program, in mid-run',
  other_program: (blow) => `a program and a database of two versions (${blow.which})`,
  database_crash: (blow) =>
    `${blow.by === 'server' ? 'database server' : 'one database backend'} killed ${blow.crashes} times under load`,
  disk_full: () => 'disk of the database full for a while',
}

/** For people: `worker killed at run.ending, visit 1`. */
export function describeBlow(blow: Blow): string {
  // The sentence and the blow are of one kind; the compiler cannot follow that through the union.
  const describe = descriptions[blow.kind] as (blow: Blow) => string
  return describe(blow)
}

function hours(ms: readonly number[]): string {
  return ms.map((one) => `${one >= 0 ? '+' : '-'}${Math.abs(one) / 3_600_000} h`).join(' and back to ')
}
