/** The clock of one machine is wrong: leases and cooldowns are the database's business. */
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { BlowOf } from '../blow.ts'
import type { Play } from '../play.ts'
import type { WorkerChoice } from '../stage.ts'

const shiftClock = fileURLToPath(new URL('../shift-clock.mjs', import.meta.url))

/** A process whose clock is wrong by that much, or jumps between the two. */
export function shiftedClock(ms: readonly number[]): Required<Pick<WorkerChoice, 'nodeArgs' | 'env'>> {
  return { nodeArgs: [`--import=${shiftClock}`], env: { TENANTATLAS_FAULTS_CLOCK: ms.join(',') } }
}

/** Long enough not to run out by itself on a busy machine. */
const patientLeaseMs = 4_000

/** A run that lasts longer than the lease stays with its worker, whatever its clock and that of the one beside it say. */
export async function wrongClock(play: Play, { whose, ms }: BlowOf<'clock'>): Promise<boolean> {
  // There before the run is, so that it works beside it from the middle of the run on, however busy the machine is.
  const neighbour = await play.worker({
    leaseMs: patientLeaseMs,
    atOnce: false,
    ...(whose === 'neighbour' ? shiftedClock(ms) : {}),
  })
  const runId = await play.start({ attempts: { least: 1, most: 1 } })
  await play.slowDown(1_500)
  const worker = await play.worker({ leaseMs: patientLeaseMs, ...(whose === 'worker' ? shiftedClock(ms) : {}) })
  if (!(await play.untilMidRun(worker, runId, 0))) return false
  neighbour.say('work')
  await neighbour.line()
  // As long as it takes to take away what looks lost; then it leaves, so that the run can end whatever it did.
  await Promise.race([play.untilEnded(runId), pause(2 * patientLeaseMs)])
  await play.finish(neighbour)
  await play.untilEnded(runId)
  const run = await play.run(runId)
  // It cools down, and says for how long.
  await play.start({ attempts: { least: 1, most: 1 } })
  return (run?.completed_at?.getTime() ?? 0) - (run?.started_at?.getTime() ?? 0) > patientLeaseMs
}
