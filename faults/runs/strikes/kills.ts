/** A process of the product ends: killed at a failpoint, or told to stop. */
import type { RunId } from '#foundation/kernel/ids.ts'
import type { BlowOf, Kill } from '../blow.ts'
import type { Play } from '../play.ts'
import type { Process } from '../process.ts'
import type { Started } from '../starter.ts'

/** Killed there, a worker has no claim yet, or none any more; heartbeats come when they come. */
const withoutClaim = [
  'worker.heartbeat',
  'worker.lease_renewed',
  'worker.lease_taking',
  'worker.lease_taken',
  'run.claiming',
  'run.ended',
  'run.recovering',
  'run.recovered',
]

export async function kill(play: Play, { kills, pace }: BlowOf<'kill'>): Promise<boolean> {
  const lost = kills.filter(({ failpoint }) => !withoutClaim.includes(failpoint)).length
  const isOver = kills.some(({ failpoint }) => failpoint === 'run.ended')
  const runId = await play.start({ attempts: { least: isOver ? Math.max(1, lost) : lost + 1 } })
  if (pace === 'slow') await play.slowDown()
  for (const one of kills) {
    const victim = await play.victim({ failpoint: spelled(one) })
    if (!(await play.untilGone(victim, runId)) || !victim.wasKilled) return false
    if (one === kills.at(-1)) await relieved(play, victim, runId)
  }
  return true
}

function spelled({ failpoint, at }: Kill): string {
  return `${failpoint}:kill@${at}`
}

async function relieved(play: Play, victim: Process, runId: RunId): Promise<void> {
  await play.graph([])
  await play.relieve(victim, runId)
}

/** Why the run is given back. */
export async function killAtRelease(play: Play, { kill: one, why }: BlowOf<'kill_at_release'>): Promise<boolean> {
  const runId = await play.start({ attempts: { least: 2 } })
  if (why === 'stopped') await play.slowDown(1_500)
  if (why === 'throttled')
    await play.graph([
      { match: {}, count: null, effect: { kind: 'status', status: 429, retryAfter: 3_600, blocks: false } },
    ])
  if (why === 'retry') await play.graph([{ match: {}, count: null, effect: { kind: 'reset', when: 'beforeApply' } }])
  const victim = await play.victim({ failpoint: spelled(one) })
  if (why === 'stopped') {
    if (!(await play.untilMidRun(victim, runId, 1))) return false
    victim.signal('SIGTERM')
  }
  if (!(await play.untilGone(victim, runId)) || !victim.wasKilled) return false
  await play.passTime()
  await relieved(play, victim, runId)
  return true
}

/** Nobody was answered, so the person starts it again: that is the same run when the first start took effect. */
export async function killStarter(play: Play, { kill: one }: BlowOf<'kill_starter'>): Promise<boolean> {
  await using starter = await play.stage.spawnStarter({ failpoint: spelled(one) })
  starter.say(JSON.stringify({ ...play.order(), times: 1 }))
  const answer = await starter.line()
  if (answer !== undefined || !starter.wasKilled) return false
  await using again = await play.stage.spawnStarter()
  again.say(JSON.stringify({ ...play.order(), times: 1 }))
  const [started] = JSON.parse((await again.line()) ?? '[]') as Started[]
  await play.start()
  if (started !== undefined && started.disposition !== 'refused') play.answered('first', started)
  const isThere = one.failpoint === 'run.started'
  return started?.disposition === (isThere ? 'active' : 'created')
}

/** Whoever is to be told is told once, whichever side of the commit the process ended on. */
export async function killRelay(play: Play, { kill: one }: BlowOf<'kill_relay'>): Promise<boolean> {
  const { pool } = play.stage.database
  const runId = await play.start()
  const victim = await play.victim({ relays: true, failpoint: spelled(one) })
  if (!(await play.untilGone(victim, runId)) || !victim.wasKilled) return false
  await play.worker({ relays: true })
  const waiting = 'select from outbox where workspace_id = $1'
  await play.untilEnded(runId)
  await play.until(async () => (await pool.query(waiting, [play.ctx.workspaceId])).rowCount === 0, 'nobody was told')
  return true
}

export async function sigterm(play: Play, { requests }: BlowOf<'sigterm'>): Promise<boolean> {
  const runId = await play.start({ attempts: { least: 2 } })
  await play.slowDown()
  const victim = await play.victim()
  if (!(await play.untilMidRun(victim, runId, requests))) return false
  const began = performance.now()
  const exit = await victim.stop()
  const tookMs = Math.round(performance.now() - began)
  const isHit = (await play.run(runId))?.outcome === 'pending'
  play.stop = { ...exit, tookMs, isHeld: await play.isHeld(runId), isRegistered: (await play.leases()) > 0 }
  return isHit
}
