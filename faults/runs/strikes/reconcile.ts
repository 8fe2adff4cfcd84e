/** The run that mends the ledger loses its own worker on the way. */
import { startRun } from '#domain/operations/ensure-run.ts'
import type { BlowOf } from '../blow.ts'
import type { Play } from '../play.ts'

export async function killReconcile(play: Play, { kill }: BlowOf<'kill_reconcile'>): Promise<boolean> {
  const { db, pool } = play.stage.database
  play.isCrowded = true
  // Pending and not queued: without the reconciliation nobody would ever do it.
  const forgotten = await play.start({ isHistoryLost: true })
  await pool.query('delete from live_runs where run_id = $1', [forgotten])
  const start = { type: 'ops.reconcile_adapter_runs', input: {}, trigger: 'user' } as const
  const { runId } = await startRun(db, play.ctx, start)
  play.answered('reconciliation', { disposition: 'created', runId })
  play.expect({ id: runId, outcomes: ['succeeded'], attempts: { least: 2 } })
  const victim = await play.victim({ failpoint: `${kill.failpoint}:kill@${kill.at}` })
  if (!(await play.untilGone(victim, runId)) || !victim.wasKilled) return false
  await play.relieve(victim, runId)
  return true
}
