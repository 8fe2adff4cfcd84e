/** Many want the same at once: workers one run, people one start. */
import type { RunId } from '#foundation/kernel/ids.ts'
import type { BlowOf } from '../blow.ts'
import { shiftedClock } from './clocks.ts'
import type { Play } from '../play.ts'
import type { Process } from '../process.ts'
import type { Started } from '../starter.ts'

export async function eightWorkers(play: Play): Promise<boolean> {
  // Nobody is lost here, however busy the machine is.
  const four = { workers: 4, leaseMs: 10_000 }
  await play.worker(four)
  await play.worker(four)
  await play.until(async () => (await play.leases()) === 8, 'eight workers did not take a lease')
  const runId = await play.start({ attempts: { least: 1, most: 1 } })
  await play.untilEnded(runId)
  return (await play.leases()) === 8
}

/** Answered with one run all of them, also after it has ended, also by a new process; and once more when it has cooled. */
export async function parallelStarts(play: Play, { clockMs }: BlowOf<'parallel_starts'>): Promise<boolean> {
  await using wrong = await play.stage.spawnStarter(shiftedClock([clockMs]))
  await using right = await play.stage.spawnStarter()
  await play.stage.resident.work()
  const first = await startMany(play, 'first', [wrong, right])
  await play.untilEnded(first)
  await startMany(play, 'first', [wrong, right])
  await wrong.kill()
  await using restarted = await play.stage.spawnStarter(shiftedClock([-clockMs]))
  await startMany(play, 'first', [restarted])
  await letCool(play, first)
  const second = await startMany(play, 'second', [restarted, right])
  await play.untilEnded(second)
  return first !== second
}

/** 20 starts by each process and 10 from here, all at once. */
async function startMany(play: Play, name: string, starters: readonly Process[]): Promise<RunId> {
  for (const starter of starters) starter.say(JSON.stringify({ ...play.order(), times: 20 }))
  const [runId] = await Promise.all(Array.from({ length: 10 }, () => play.start({}, name)))
  for (const starter of starters) {
    for (const started of JSON.parse((await starter.line()) ?? '[]') as Started[]) {
      if (started.disposition === 'refused') throw new Error(`a start was refused: ${started.says}`)
      play.answered(name, started)
    }
  }
  if (runId === undefined) throw new TypeError('nothing was started')
  return runId
}

/** As a quarter of an hour would. */
async function letCool(play: Play, runId: RunId): Promise<void> {
  const text = 'update operation_runs set cooldown_until = clock_timestamp() where id = $1'
  await play.stage.database.pool.query(text, [runId])
  const expected = play.expected.find(({ id }) => id === runId)
  if (expected !== undefined) play.expect({ ...expected, isTimePassed: true })
}
