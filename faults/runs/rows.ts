/** Every row of the matrix: which fault of RELIABILITY it is, what it is played on, and what the seed draws. */
import type { Blow } from './blow.ts'
import type { Draw } from './plan-case.ts'
import type { Scene, ScenePlan } from './scene.ts'
import { visitsOf } from './scene.ts'

export interface Row {
  /** Its number in the fault matrix of RELIABILITY. */
  readonly number: number
  readonly scene?: ScenePlan
  readonly blow: (draw: Draw, scene: Scene, seed: number) => Blow
  /** Brings the whole server down, or makes a database of its own. */
  readonly apart?: 'server' | 'database'
  /** More seeds would play the same again. */
  readonly seedsAtMost?: number
}

const planning: ScenePlan = { operations: ['backup.capture', 'inventory.sync'] }
const fetching: ScenePlan = { operations: ['assignments.fetch'] }
const small: ScenePlan = { operations: ['assignments.fetch', 'backup.capture'] }
const sound: ScenePlan = { ...small, isSound: true }

function killedAt(failpoint: string, scene?: ScenePlan): Row {
  return {
    number: 1,
    ...(scene && { scene }),
    blow: (draw, of) => ({
      kind: 'kill',
      kills: [{ failpoint, at: visitOf(failpoint, draw, of) }],
      pace: paceOf(failpoint),
    }),
  }
}

function visitOf(failpoint: string, draw: Draw, scene: Scene): number {
  if (failpoint.startsWith('run.items_record')) return 1 + draw(visitsOf(scene).record)
  // The first beat comes before anything is claimed; a slow run lasts longer than the third.
  if (isBeat(failpoint)) return 2 + draw(2)
  return 1
}

/** Whether a failpoint is passed again and again while a run lasts. */
function isBeat(failpoint: string): boolean {
  return failpoint === 'worker.heartbeat' || failpoint === 'worker.lease_renewed'
}

function paceOf(failpoint: string): 'plain' | 'slow' {
  return isBeat(failpoint) ? 'slow' : 'plain'
}

function atRelease(failpoint: string): Row {
  const reasons = ['throttled', 'stopped', 'retry'] as const
  return {
    number: 1,
    scene: sound,
    blow: (draw, _scene, seed) => ({
      kind: 'kill_at_release',
      kill: { failpoint, at: 1 },
      why: reasons[seed % reasons.length] ?? 'stopped',
    }),
  }
}

function whenStopped(failpoint: string): Row {
  return {
    number: 3,
    scene: sound,
    blow: () => ({ kind: 'kill_at_release', kill: { failpoint, at: 1 }, why: 'stopped' }),
  }
}

function starterAt(failpoint: string): Row {
  return { number: 1, blow: () => ({ kind: 'kill_starter', kill: { failpoint, at: 1 } }) }
}

function relayingAt(failpoint: string): Row {
  return { number: 1, scene: small, blow: () => ({ kind: 'kill_relay', kill: { failpoint, at: 1 } }) }
}

function recoveringAt(failpoint: string): Row {
  return {
    number: 2,
    scene: small,
    blow: () => ({
      kind: 'kill',
      kills: [
        { failpoint: 'run.claimed', at: 1 },
        { failpoint, at: 1 },
      ],
      pace: 'plain',
    }),
  }
}

const anywhere = ['run.claimed', 'run.items_recording', 'run.items_recorded', 'run.ending'] as const
const hourMs = 3_600_000

/** Rows whose name is the failpoint at which a process is killed. */
const kills = {
  'run.starting': starterAt('run.starting'),
  'run.started': starterAt('run.started'),
  'worker.lease_taking': killedAt('worker.lease_taking'),
  'worker.lease_taken': killedAt('worker.lease_taken'),
  'run.claiming': killedAt('run.claiming'),
  'run.claimed': killedAt('run.claimed'),
  'run.items_planning': killedAt('run.items_planning', planning),
  'run.items_planned': killedAt('run.items_planned', planning),
  'run.items_recording': killedAt('run.items_recording'),
  'run.items_recorded': killedAt('run.items_recorded'),
  'run.progress_writing': killedAt('run.progress_writing'),
  'run.progress_written': killedAt('run.progress_written'),
  'worker.heartbeat': killedAt('worker.heartbeat', small),
  'worker.lease_renewed': killedAt('worker.lease_renewed', small),
  'run.releasing': atRelease('run.releasing'),
  'run.released': atRelease('run.released'),
  'run.ending': killedAt('run.ending'),
  'run.ended': killedAt('run.ended'),
  'run.recovering': recoveringAt('run.recovering'),
  'run.recovered': recoveringAt('run.recovered'),
  'notification.relaying': relayingAt('notification.relaying'),
  'notification.relayed': relayingAt('notification.relayed'),
  'worker.lease_ending': whenStopped('worker.lease_ending'),
  'worker.lease_ended': whenStopped('worker.lease_ended'),
} as const satisfies Record<string, Row>

const others = {
  killed_twice: {
    number: 2,
    scene: small,
    blow: (draw, scene) => {
      const killAt = (places: readonly string[]) => {
        const failpoint = places[draw(places.length)] ?? 'run.claimed'
        return { failpoint, at: failpoint.startsWith('run.items') ? 1 + draw(2) : visitOf(failpoint, draw, scene) }
      }
      const first = killAt(anywhere)
      // At its end a run has nothing left to record.
      const second = killAt(first.failpoint === 'run.ending' ? ['run.claimed', 'run.ending'] : anywhere)
      return { kind: 'kill', kills: [first, second], pace: 'plain' }
    },
  },
  reconciler_killed: {
    number: 1,
    scene: sound,
    blow: (draw) => {
      const failpoint = anywhere[draw(anywhere.length)] ?? 'run.claimed'
      return { kind: 'kill_reconcile', kill: { failpoint, at: failpoint.startsWith('run.items') ? 1 + draw(2) : 1 } }
    },
  },
  sigterm: { number: 3, scene: small, blow: (draw) => ({ kind: 'sigterm', requests: draw(3) }) },
  frozen: { number: 4, scene: small, blow: (draw) => ({ kind: 'frozen', requests: 1 + draw(2) }) },
  eight_workers: { number: 5, scene: small, blow: () => ({ kind: 'eight_workers' }) },
  parallel_starts: {
    number: 6,
    scene: fetching,
    blow: (draw) => ({ kind: 'parallel_starts', clockMs: draw(2) === 0 ? hourMs : -hourMs }),
  },
  racing_starts: { number: 6, scene: fetching, blow: () => ({ kind: 'racing_starts', operations: 24 }) },
  redelivered: {
    number: 7,
    scene: small,
    blow: (draw, _scene, seed) => ({
      kind: 'redelivered',
      when: (['ended', 'cooling', 'running'] as const)[seed % 3] ?? 'ended',
    }),
  },
  cancelled: {
    number: 7,
    scene: small,
    blow: (draw, _scene, seed) => ({ kind: 'cancelled', when: seed % 2 === 0 ? 'queued' : 'running' }),
  },
  throttled: { number: 12, scene: sound, blow: (draw) => ({ kind: 'throttled', seconds: 120 + draw(3_600) }) },
  database_crash: {
    number: 8,
    apart: 'server',
    scene: sound,
    blow: () => ({ kind: 'database_crash', by: 'server', crashes: crashesOf('database_crash') }),
  },
  connections_cut: {
    number: 9,
    scene: small,
    blow: (draw, _scene, seed) => ({
      kind: 'connections_cut',
      how: (['terminated', 'exhausted', 'timed_out'] as const)[seed % 3] ?? 'terminated',
      requests: draw(3),
    }),
  },
  backend_killed: {
    number: 9,
    apart: 'server',
    seedsAtMost: 2,
    scene: sound,
    blow: () => ({ kind: 'database_crash', by: 'backend', crashes: crashesOf('backend_killed') }),
  },
  answer_lost: {
    number: 10,
    scene: sound,
    blow: (draw, scene, seed) => {
      const to = (['start', 'finish', 'record', 'claim', 'commit', 'release', 'renew'] as const)[seed % 7] ?? 'start'
      return { kind: 'answer_lost', to, at: to === 'record' || to === 'commit' ? 1 + draw(3) : 1 }
    },
  },
  conflict: {
    number: 11,
    scene: sound,
    blow: (draw, _scene, seed) => ({
      kind: 'conflict',
      table: (['operation_runs', 'live_runs', 'run_items', 'audit_entries'] as const)[seed % 4] ?? 'run_items',
      state: (['40001', '40P01', '55P03'] as const)[draw(3)] ?? '40001',
      times: 1 + draw(2),
    }),
  },
  clock_of_worker: {
    number: 25,
    scene: fetching,
    blow: (draw, _scene, seed) => ({ kind: 'clock', whose: 'worker', ms: clocks[seed % clocks.length] ?? [hourMs] }),
  },
  clock_of_neighbour: {
    number: 25,
    scene: fetching,
    blow: (draw, _scene, seed) => ({ kind: 'clock', whose: 'neighbour', ms: clocks[seed % clocks.length] ?? [hourMs] }),
  },
  disk_full: { number: 26, apart: 'database', seedsAtMost: 1, blow: () => ({ kind: 'disk_full' }) },
  poison: { number: 27, scene: small, blow: (draw) => ({ kind: 'poison', maxAttempts: 1 + draw(2) }) },
  out_of_memory: { number: 28, scene: small, blow: (draw) => ({ kind: 'out_of_memory', requests: draw(3) }) },
  blocked: {
    number: 28,
    scene: small,
    // Shorter than the lease, and longer: in mid-run, and before the first heartbeat.
    blow: (draw, scene, seed) => {
      const item = { failpoint: 'run.items_recording', at: 1 + draw(visitsOf(scene).record) }
      if (seed % 3 === 0) return { kind: 'blocked', kill: { failpoint: 'worker.lease_taken', at: 1 }, ms: 5_000 }
      // In the middle of a transaction it keeps the row until it wakes, or for 10 s: less than a lease of the product, and
      // five of the matrix.
      return { kind: 'blocked', kill: item, ms: seed % 3 === 1 ? 4_000 : 700 }
    },
  },
  old_ledger: { number: 30, apart: 'database', seedsAtMost: 1, blow: () => ({ kind: 'old_ledger' }) },
  other_program: {
    number: 30,
    scene: small,
    seedsAtMost: 3,
    blow: (_draw, _scene, seed) => ({
      kind: 'other_program',
      which: (['newer_ledger', 'newer_schema', 'older_schema'] as const)[seed % 3] ?? 'newer_ledger',
    }),
  },
} as const satisfies Record<string, Row>

const clocks = [[hourMs], [-hourMs], [hourMs, -hourMs]] as const

export const rows: Readonly<Record<Point, Row>> = { ...kills, ...others }
export type Point = keyof typeof kills | keyof typeof others

/** Every place in production code where a process is killed. */
export const failpoints = Object.keys(kills)
// The compiler keeps the table and its keys alike.
export const points = Object.keys(rows) as readonly Point[]

/** How often the database goes down in one case. */
export function crashesOf(point: 'database_crash' | 'backend_killed'): number {
  return { database_crash: 5, backend_killed: 3 }[point]
}
