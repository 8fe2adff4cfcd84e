/** One tenant's payload ends every process that reads it: its run is set aside, and the neighbours' runs are done. */
import { givenTenant } from '#foundation/db/factories.ts'
import type { BlowOf } from '../blow.ts'
import type { Play } from '../play.ts'

export async function poison(play: Play, { maxAttempts }: BlowOf<'poison'>): Promise<boolean> {
  const { pool, db } = play.stage.database
  play.isCrowded = true
  const runId = await play.start()
  play.expect({
    id: runId,
    outcomes: ['failed'],
    attempts: { least: maxAttempts, most: maxAttempts },
    failureCode: 'run.worker_lost',
  })
  await pool.query('update live_runs set max_attempts = $2 where run_id = $1', [runId, maxAttempts])
  const neighbours = await Promise.all([givenTenant(db, play.ctx), givenTenant(db, play.ctx)])
  const ids = await Promise.all(neighbours.map((ctx, n) => play.start({}, `neighbour ${n + 1}`, ctx)))
  const poisonous = play.ctx.tenantId
  let deaths = 0
  // A supervisor starts the worker again.
  while ((await play.run(runId))?.outcome === 'pending' && deaths <= maxAttempts) {
    const worker = await play.victim({ poisonous })
    await play.until(async () => worker.isGone || (await play.run(runId))?.outcome !== 'pending')
    if (worker.isGone) deaths += 1
  }
  for (const id of ids) await play.untilEnded(id)
  return deaths === maxAttempts
}
