/** Which faults there are, and how a point and a seed become one case: the same one, each time. */
import type { RestoreFailpoint } from '#domain/restore/restore-failpoints.ts'
import { drawScene, visitsOf } from './scene.ts'
import type { Scene } from './scene.ts'

/** The runs of a case, in order. */
export const phases = ['backup', 'preview', 'restore'] as const
export type Phase = (typeof phases)[number]

export type Blow =
  /** The process is killed at the n-th visit of a failpoint. `slow`: Graph takes its time, so that the run lasts. */
  | { readonly kind: 'kill'; readonly at: number; readonly slow: boolean }
  /** The n-th write is applied and its answer is lost, or it is answered as usual and never applied. */
  | { readonly kind: 'reply_lost' | 'write_ignored'; readonly write: number }
  /** Once so many intents are committed: SIGTERM, or frozen until another worker has finished the run. */
  | { readonly kind: 'sigterm' | 'frozen'; readonly intents: number }

export interface FaultCase {
  readonly point: Point
  readonly seed: number
  /** The run that is hit. */
  readonly phase: Phase
  readonly blow: Blow
  readonly scene: Scene
}

/** Of the run ledger: the claim, and the terminal transaction from both sides. */
type RunFailpoint = 'run.claimed' | 'run.ending' | 'run.ended'

/** How often one run of each failpoint's kind passes it. */
const visitedIn = {
  'run.claimed': 'once',
  'run.ending': 'once',
  'run.ended': 'once',
  'restore.plan_saving': 'once',
  'restore.plan_saved': 'once',
  'restore.item_begins': 'policy',
  'restore.live_read': 'policy',
  'restore.intent_committing': 'request',
  'restore.intent_committed': 'request',
  'restore.sending': 'request',
  'restore.answered': 'request',
  'restore.answer_kept': 'request',
  'restore.target_added': 'addition',
  'restore.target_removed': 'removal',
  'restore.read_back': 'request',
  'restore.settling': 'policy',
  'restore.settled': 'policy',
  'restore.ending': 'once',
  'restore.ended': 'once',
} as const satisfies Record<RestoreFailpoint | RunFailpoint, keyof ReturnType<typeof visitsOf>>

/** Every place in production code where a worker is killed. */
export const failpoints = [
  // The compiler keeps the table and this list alike.
  ...(Object.keys(visitedIn) as readonly (keyof typeof visitedIn)[]),
  'worker.heartbeat',
] as const
/** Every row of the matrix. */
export const points = [...failpoints, 'reply_lost', 'write_ignored', 'sigterm', 'frozen'] as const
export type Point = (typeof points)[number]

export function planCase(point: Point, seed: number): FaultCase {
  const scene = drawScene(seed)
  return { point, seed, scene, phase: phaseOf(point, seed), blow: blowOf(point, seed, scene) }
}

function phaseOf(point: Point, seed: number): Phase {
  if (point === 'restore.plan_saving' || point === 'restore.plan_saved') return 'preview'
  // Every run passes these. The restore first: it matters most.
  if (point.startsWith('run.')) return phases.toReversed()[(seed - 1) % phases.length] ?? 'restore'
  return 'restore'
}

function blowOf(point: Point, seed: number, scene: Scene): Blow {
  const visits = visitsOf(scene)
  if (point === 'reply_lost' || point === 'write_ignored')
    return { kind: point, write: turnOf(point, seed, visits.request) }
  // Not at the last ones: the run must still be under way when the signal comes.
  if (point === 'sigterm' || point === 'frozen')
    return { kind: point, intents: turnOf(point, seed, visits.request - 2) }
  // The first beat comes before anything is claimed; a slow restore lasts longer than the fourth.
  if (point === 'worker.heartbeat') return { kind: 'kill', at: 1 + turnOf(point, seed, 3), slow: true }
  return { kind: 'kill', at: turnOf(point, seed, visits[visitedIn[point]]), slow: false }
}

/** One of 1 to `turns`: another one for the next seed, and not the same one for every point. */
function turnOf(point: Point, seed: number, turns: number): number {
  return 1 + ((points.indexOf(point) * 5 + seed) % turns)
}

/** For people: `worker killed at restore.sending, visit 3, in the restore run`. */
export function describeCase({ point, phase, blow }: FaultCase): string {
  switch (blow.kind) {
    case 'kill':
      return `worker killed at ${point}, visit ${blow.at}, in the ${phase} run`
    case 'reply_lost':
      return `answer to write ${blow.write} lost after it was applied`
    case 'write_ignored':
      return `write ${blow.write} accepted by Graph and not applied`
    case 'sigterm':
      return `SIGTERM after ${blow.intents} committed intents`
    case 'frozen':
      return `worker frozen after ${blow.intents} committed intents, until another one has finished`
  }
}
