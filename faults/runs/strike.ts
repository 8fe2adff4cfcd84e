/** Does to a case's run what its blow says, and tells whether it hit. */
import type { Blow, BlowOf } from './blow.ts'
import type { Play } from './play.ts'
import { answerLost } from './strikes/answer-lost.ts'
import { blockedLoop, frozen, outOfMemory } from './strikes/stalled.ts'
import { databaseCrash } from './strikes/crashes.ts'
import { wrongClock } from './strikes/clocks.ts'
import { conflict, connectionsCut } from './strikes/database.ts'
import { cancelled, redelivered, throttled } from './strikes/turns.ts'
import { eightWorkers, parallelStarts } from './strikes/races.ts'
import { kill, killAtRelease, killRelay, killStarter, sigterm } from './strikes/kills.ts'
import { killReconcile } from './strikes/reconcile.ts'
import { otherProgram } from './strikes/versions.ts'
import { racingStarts } from './strikes/racing-starts.ts'
import { poison } from './strikes/poison.ts'

type Strikes = { readonly [Kind in Blow['kind']]: (play: Play, blow: BlowOf<Kind>) => Promise<boolean> }

/** It needs a database of its own: run-case.ts. */
const notHere = async (_play: Play, { kind }: Blow): Promise<never> => {
  throw new TypeError(`${kind} is not played on a stage`)
}

const strikes: Strikes = {
  kill: kill,
  kill_at_release: killAtRelease,
  kill_reconcile: killReconcile,
  kill_relay: killRelay,
  kill_starter: killStarter,
  sigterm: sigterm,
  frozen: frozen,
  out_of_memory: outOfMemory,
  blocked: blockedLoop,
  eight_workers: eightWorkers,
  parallel_starts: parallelStarts,
  racing_starts: racingStarts,
  redelivered: redelivered,
  cancelled: cancelled,
  throttled: throttled,
  connections_cut: connectionsCut,
  answer_lost: answerLost,
  conflict: conflict,
  clock: wrongClock,
  poison: poison,
  database_crash: databaseCrash,
  other_program: otherProgram,
  old_ledger: notHere,
  disk_full: notHere,
}

export async function strike(play: Play): Promise<boolean> {
  const { blow } = play.planned
  // The strike and the blow are of one kind; the compiler cannot follow that through the union.
  const act = strikes[blow.kind] as (play: Play, blow: Blow) => Promise<boolean>
  return act(play, blow)
}
