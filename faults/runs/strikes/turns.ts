/** A run does not go straight to its end: Graph throttles it, a person cancels it, or its job comes once more. */
import { setTimeout as pause } from 'node:timers/promises'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { BlowOf } from '../blow.ts'
import type { Play } from '../play.ts'
import { journalOf } from '../read-ledger.ts'
import { outcomeOf } from '../scene.ts'

export async function throttled(play: Play, { seconds }: BlowOf<'throttled'>): Promise<boolean> {
  const runId = await play.start({ attempts: { least: 2 } })
  const effect = { kind: 'status', status: 429, retryAfter: seconds, blocks: false } as const
  await play.graph([{ match: {}, count: null, effect }])
  const worker = await play.worker()
  await play.until(async () => (await liveRow(play, runId))?.throttles === 1, 'the run was not put back')
  const asked = (await journalOf(play.stage, play.since)).length
  // It may be claimed by anybody, and must not be before the time is up.
  await play.stage.resident.work()
  await pause(400)
  const isQuiet = (await journalOf(play.stage, play.since)).length === asked
  const waits = await liveRow(play, runId)
  const isWaiting = waits !== undefined && !waits.leased && waits.wait_s > seconds - 10
  await worker.stop()
  await play.graph([])
  await play.passTime()
  return isQuiet && isWaiting
}

interface LiveRow {
  readonly leased: boolean
  readonly throttles: number
  readonly wait_s: number
}

async function liveRow({ stage }: Play, runId: RunId): Promise<LiveRow | undefined> {
  const text = `select leased, throttles, extract(epoch from run_at - clock_timestamp())::float8 as wait_s
    from live_runs where run_id = $1`
  return (await stage.database.pool.query<LiveRow>(text, [runId])).rows[0]
}

export async function cancelled(play: Play, { when }: BlowOf<'cancelled'>): Promise<boolean> {
  const { db } = play.stage.database
  const runId = await play.start()
  const change = { id: runId, outcomes: ['cancelled'], attempts: { least: when === 'queued' ? 0 : 1 } }
  play.expect(change)
  if (when === 'queued') return (await cancelRun(db, play.ctx, runId)) === 'cancelled'
  await play.slowDown()
  const worker = await play.worker()
  if (!(await play.untilMidRun(worker, runId, 1))) return false
  // What was done to its end before the worker heard of it is done.
  play.expect({ ...change, outcomes: ['cancelled', outcomeOf(play.planned.scene)] })
  const disposition = await cancelRun(db, play.ctx, runId)
  await play.untilEnded(runId)
  return disposition === 'requested'
}

export async function redelivered(play: Play, { when }: BlowOf<'redelivered'>): Promise<boolean> {
  const { pool } = play.stage.database
  const runId = await play.start()
  const job = (await pool.query<Record<string, unknown>>('select * from live_runs where run_id = $1', [runId])).rows[0]
  if (job === undefined) return false
  if (when === 'running') return refusesSecond(play, runId, job)
  await play.stage.resident.work()
  await play.untilEnded(runId)
  const ended = await play.run(runId)
  if (ended !== undefined) play.kept.push(ended)
  for (let times = when === 'ended' ? 1 : 3; times > 0; times -= 1) {
    await insert(play, job)
    await play.until(async () => (await liveRow(play, runId)) === undefined, 'the second job stayed in the queue')
  }
  return true
}

/** The queue has one place for each run, so a second job of a live one cannot be. */
async function refusesSecond(play: Play, runId: RunId, job: Readonly<Record<string, unknown>>): Promise<boolean> {
  await play.slowDown(100)
  const worker = await play.worker()
  const isMidRun = await play.untilMidRun(worker, runId, 1)
  const refused = await insert(play, job).then(
    () => false,
    (error: unknown) => error instanceof Error && 'code' in error && error.code === '23505',
  )
  await play.untilEnded(runId)
  return isMidRun && refused
}

async function insert({ stage }: Play, job: Readonly<Record<string, unknown>>): Promise<void> {
  const text = 'insert into live_runs select * from jsonb_populate_record(null::live_runs, $1)'
  await stage.database.pool.query(text, [JSON.stringify(job)])
}
